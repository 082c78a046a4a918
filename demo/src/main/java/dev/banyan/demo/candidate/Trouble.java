package dev.banyan.demo.candidate;

import java.time.Duration;

/// Failure and slowness on demand, for safe requests below a path.
///
/// @param path the beginning of the paths it strikes
/// @param errors the share of requests answered 500
/// @param latency what every request waits before it is answered
public record Trouble(String path, double errors, Duration latency) {
  boolean strikes(String method, String calledPath) {
    return method.equals("GET") && calledPath.startsWith(path);
  }
}
