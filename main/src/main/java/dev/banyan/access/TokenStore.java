package dev.banyan.access;

import java.util.List;

/// Where tokens outlive the process, for one process or for many.
///
/// What a method has returned from survives a crash. Any thread may call. Every method throws
/// [java.io.UncheckedIOException], with a message for people, when the store fails; then nothing
/// has changed.
public interface TokenStore {
  /// All that there are, by name.
  List<Token> list();

  /// Keeps one.
  ///
  /// @return false, and nothing has changed, where one of that name is there already
  boolean save(Token token);

  /// Forgets one.
  ///
  /// @return false where there is none of that name
  boolean delete(String name);
}
