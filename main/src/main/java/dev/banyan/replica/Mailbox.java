package dev.banyan.replica;

import java.util.List;

/// How evidence reaches the controller, for the thread that hands it over. Losing some is allowed,
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

  /// Takes out what replicas have handed over, each in the order it did, so many at most. Nobody
  /// gets it a second time.
  List<Digest> take(int most);

  @Override
  void close();
}
