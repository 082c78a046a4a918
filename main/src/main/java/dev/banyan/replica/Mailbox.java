package dev.banyan.replica;

import java.util.List;

/// How evidence reaches all replicas, for the thread that hands it over. Each replica counts it
/// all, so that any of them can become the controller and lose nothing. Losing some is allowed,
/// counting it twice is not.
///
/// Every call is bounded by the store's timeouts, and throws [java.io.UncheckedIOException] when
/// the store fails; the next call then begins anew.
public interface Mailbox extends AutoCloseable {

  /// Hands over what was seen in one tick. What this replica handed over so many ticks ago that
  /// nobody will count it is thrown away.
  ///
  /// @param tick grows by one each time
  void give(long tick, List<Digest> digests);

  /// What replicas have handed over since this one first called, itself included, each in the order
  /// it did, so many at most. This replica gets nothing a second time.
  List<Digest> read(int most);

  @Override
  void close();
}
