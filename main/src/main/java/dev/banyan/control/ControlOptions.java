package dev.banyan.control;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where the control plane listens and what it asks callers for.
///
/// Creating one fails with what [#problem] says, so that a control plane open to the network
/// without a token can not come to be.
///
/// @param listen port 0 for any free one
/// @param token what callers must send, or null to trust everyone on this machine
public record ControlOptions(InetSocketAddress listen, @Nullable String token) {

  public ControlOptions {
    Optional<String> problem = problem(listen, token);
    if (problem.isPresent()) {
      throw new IllegalArgumentException(problem.get());
    }
  }

  /// What is wrong with such options, in a sentence for users, or nothing.
  public static Optional<String> problem(InetSocketAddress listen, @Nullable String token) {
    String address = listen.getHostString() + ":" + listen.getPort();
    if (listen.getAddress() == null) {
      return Optional.of(
          "control.listen: the host of '" + address + "' is not known; give an IP address");
    }
    if (token != null && token.isBlank()) {
      return Optional.of("control.token is blank: give one, or leave the key out");
    }
    if (token == null && !listen.getAddress().isLoopbackAddress()) {
      return Optional.of(
          "control.listen: "
              + address
              + " can be reached from other machines, and whoever reaches it can move traffic:"
              + " set control.token, or listen on 127.0.0.1");
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return "ControlOptions[listen="
        + listen
        + ", token="
        + (token == null ? "none" : "(redacted)")
        + "]";
  }
}
