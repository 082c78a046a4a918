package dev.banyan.transfer;

import java.time.Duration;

/// The bounds of a transfer.
///
/// @param copiers chunks that are copied at a time
/// @param chunk how long the target's transaction of a chunk should take
/// @param chunkRows of the first chunk of a table, before its speed is known
/// @param mostChunkRows of any chunk
/// @param batch changes that are applied in one transaction of the target, about
/// @param buffered changes that a chunk may have waiting; beyond it the chunk is given up and made
///   smaller
/// @param readAhead changes that were read from the log and wait
/// @param patience how long a chunk waits for the transactions that its snapshot must contain, and
///   how long a stop waits for chunks; then it is said who blocks, and it begins again
/// @param retention bytes of its log that the source may keep for tables that stand still; beyond
///   it they are to be copied anew
/// @param retries times that it starts again after a database has failed, without any progress
/// @param pause between two of these
public record Options(
    int copiers,
    Duration chunk,
    long chunkRows,
    long mostChunkRows,
    int batch,
    int buffered,
    int readAhead,
    Duration patience,
    long retention,
    int retries,
    Duration pause) {
  public static final Options DEFAULT =
      new Options(
          2,
          Duration.ofMillis(500),
          10_000,
          500_000,
          10_000,
          200_000,
          50_000,
          Duration.ofSeconds(30),
          16L << 30,
          10,
          Duration.ofSeconds(2));

  /// @param rows of the first chunk of a table
  public Options withChunks(int copiers, long rows) {
    return new Options(
        copiers,
        chunk,
        Math.min(rows, mostChunkRows),
        mostChunkRows,
        batch,
        buffered,
        readAhead,
        patience,
        retention,
        retries,
        pause);
  }

  public Options withRetention(long bytes) {
    return new Options(
        copiers,
        chunk,
        chunkRows,
        mostChunkRows,
        batch,
        buffered,
        readAhead,
        patience,
        bytes,
        retries,
        pause);
  }

  public Options {
    if (copiers < 1 || chunkRows < 1 || mostChunkRows < chunkRows || batch < 1 || readAhead < 1) {
      throw new IllegalArgumentException("a transfer needs at least one of everything");
    }
  }
}
