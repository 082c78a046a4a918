package dev.banyan.requests;

/// Takes what a file of requests holds, in the file's order.
public interface RequestSink {
  void request(RecordedRequest request);

  /// An entry that is no request to be sent again.
  ///
  /// @param reason in a few fixed words that can be counted: `other-origin`, `no-method`
  void skipped(String place, String reason);
}
