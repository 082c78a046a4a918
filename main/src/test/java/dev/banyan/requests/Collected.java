package dev.banyan.requests;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All that a file held, and the fault that ended it.
final class Collected implements RequestSink {
  final List<RecordedRequest> requests = new ArrayList<>();
  final List<String> skipped = new ArrayList<>();
  @Nullable RequestFileException fault;

  static Collected of(Path file) {
    return of(file, null);
  }

  static Collected of(Path file, @Nullable Format format) {
    Collected collected = new Collected();
    try {
      RequestFiles.read(file, format, collected);
    } catch (RequestFileException e) {
      collected.fault = e;
    }
    return collected;
  }

  @Override
  public void request(RecordedRequest request) {
    requests.add(request);
  }

  @Override
  public void skipped(String place, String reason) {
    skipped.add(place + " " + reason);
  }

  List<String> lines() {
    return requests.stream()
        .map(each -> each.request().method() + " " + each.request().target())
        .toList();
  }

  String body(int index) {
    return new String(
        requests.get(index).request().body().toByteArray(), StandardCharsets.ISO_8859_1);
  }

  String answer(int index) {
    var answer = requests.get(index).answer();
    return answer == null
        ? "none"
        : answer.status() + " " + new String(answer.body().toByteArray(), StandardCharsets.UTF_8);
  }

  List<String> headers(int index) {
    return requests.get(index).request().headers().fields().stream()
        .map(field -> field.name() + ": " + field.value())
        .toList();
  }

  String complaint() {
    return fault == null ? "none" : String.valueOf(fault.getMessage());
  }
}
