package dev.banyan.requests;

final class OpenApiReader implements FormatReader {
  OpenApiReader(RequestFile file) {}

  @Override
  public void read(RequestSink sink) {}
}
