package dev.banyan.proxy;

import dev.banyan.exchange.Request;
import java.util.function.Consumer;

/// One write that is written down before it is forwarded.
///
/// The gateway collects its body, up to [#mostBody], has it kept, and forwards it once it hears
/// that this is done. After that it tells once how the owner took it. Called on one event loop:
/// implementations must return at once.
public interface KeptWrite {
  /// The header that names a request to both sides, whichever of them it comes to.
  String KEY = "Idempotency-Key";

  /// What came of keeping it.
  enum Told {
    /// It may be forwarded.
    KEPT,
    /// It may not: too much waits to be kept, or is kept.
    FULL,
    /// It may not: the store does not take it.
    UNAVAILABLE
  }

  /// The idempotency key of a request whose client gave none.
  String freshKey();

  /// The longest body that is kept, in bytes.
  int mostBody();

  /// Whether a longer one is forwarded all the same, after [#without]; otherwise it is refused.
  boolean mayGoWithout();

  /// Keeps the request, which is whole and has its key.
  ///
  /// @param told hears once, on any thread
  void keep(Request request, String key, boolean clientsOwn, Consumer<Told> told);

  /// Notes that the request goes to its owner alone; nothing else is told of it.
  ///
  /// @param told hears once, on any thread
  void without(Consumer<Told> told);

  /// The owner answered.
  void answered(int status);

  /// The owner did not, or nobody waits for it any more.
  ///
  /// @param mayHaveReached whether anything of the request may have been processed
  void unanswered(boolean mayHaveReached);
}
