package dev.banyan.notification;

import java.time.Duration;
import java.util.Optional;

/// What became of one try to send.
public sealed interface Answer {
  /// In a few words, without anything secret.
  String says();

  /// The receiver has it.
  record Taken(int status) implements Answer {
    @Override
    public String says() {
      return "took it (" + status + ")";
    }
  }

  /// The receiver will not have it, however often it is sent.
  record Refused(int status) implements Answer {
    @Override
    public String says() {
      return status >= 300 && status < 400
          ? "sent it elsewhere (" + status + "), where it is not sent: give the right url"
          : "refused it (" + status + ")";
    }
  }

  /// It may be taken later.
  ///
  /// @param retryAfter what the receiver asked for
  record Failed(String why, Optional<Duration> retryAfter) implements Answer {
    @Override
    public String says() {
      return why;
    }
  }
}
