package dev.banyan.requests;

import java.io.IOException;

/// Reads one file of one format.
interface FormatReader {
  /// Reads to the end of the file or to its first fault. What stood before the fault has been
  /// handed over then.
  void read(RequestSink sink) throws IOException, RequestFileException;
}
