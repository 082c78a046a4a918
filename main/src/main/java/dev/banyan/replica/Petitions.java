package dev.banyan.replica;

import java.util.List;
import java.util.Optional;

/// What replicas ask of the controller. Each is taken up once, whoever the controller is by then,
/// and answered once.
///
/// Any thread may call. Every call is bounded by the store's timeouts, and throws
/// [java.io.UncheckedIOException] when the store fails.
public interface Petitions {

  void ask(Petition petition);

  /// Takes up all that nobody has taken up yet, but for what was asked so long ago that nobody
  /// waits for it any more: that is forgotten.
  ///
  /// @return none where the term is over
  List<Petition> take(long term);

  void answer(String petition, String answer);

  /// What was answered, and forgets it; empty while nothing was.
  Optional<String> answered(String petition);

  /// Takes it back.
  ///
  /// @return false where somebody has taken it up already
  boolean withdraw(String petition);
}
