package dev.banyan.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What one thread writes, another reads: a few blocks of memory and no more. Either end that
/// breaks breaks the other.
final class Pipe {
  private static final int BLOCK = 1 << 16;
  private static final byte[] END = new byte[0];

  private final BlockingQueue<byte[]> blocks = new ArrayBlockingQueue<>(16);
  private volatile @Nullable Exception broken;

  void fail(Exception why) {
    broken = why;
  }

  private void check() throws IOException {
    Exception why = broken;
    if (why != null) {
      throw new IOException("the other end broke: " + why.getMessage(), why);
    }
  }

  private void put(byte[] block) throws IOException {
    try {
      do {
        check();
      } while (!blocks.offer(block, 50, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /// Closing it ends what is read; a writer that failed calls [#fail] instead.
  OutputStream writer() {
    return new OutputStream() {
      private byte[] block = new byte[BLOCK];
      private int filled;

      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        int at = from;
        int left = length;
        while (left > 0) {
          int part = Math.min(left, BLOCK - filled);
          System.arraycopy(bytes, at, block, filled, part);
          filled += part;
          at += part;
          left -= part;
          if (filled == BLOCK) {
            put(block);
            block = new byte[BLOCK];
            filled = 0;
          }
        }
      }

      @Override
      public void close() throws IOException {
        if (filled > 0) {
          put(java.util.Arrays.copyOf(block, filled));
          filled = 0;
        }
        put(END);
      }
    };
  }

  InputStream reader() {
    return new InputStream() {
      private byte[] block = END;
      private int read;
      private boolean ended;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int from, int length) throws IOException {
        if (length == 0) {
          return 0;
        }
        if (read == block.length && !next()) {
          return -1;
        }
        int part = Math.min(length, block.length - read);
        System.arraycopy(block, read, into, from, part);
        read += part;
        return part;
      }

      private boolean next() throws IOException {
        if (ended) {
          return false;
        }
        try {
          byte[] taken = null;
          while (taken == null) {
            check();
            taken = blocks.poll(50, TimeUnit.MILLISECONDS);
          }
          ended = taken.length == 0;
          block = taken;
          read = 0;
          return !ended;
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted", e);
        }
      }
    };
  }
}
