package dev.banyan.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/// Notices that a client takes nothing of what waits to be written to its connection.
///
/// It is asked now and then, and belongs to one event loop.
final class Stall {
  private static final long NOTHING = -1;

  private long before = NOTHING;
  private long since;

  /// Whether the same bytes have waited for longer than a time.
  boolean lasts(Channel channel, long now, long most) {
    ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
    long pending = out == null ? 0 : out.totalPendingWriteBytes();
    if (out == null || pending == 0) {
      before = NOTHING;
      return false;
    }
    long waiting = pending - out.currentProgress();
    if (waiting != before) {
      before = waiting;
      since = now;
    }
    return now - since > most;
  }
}
