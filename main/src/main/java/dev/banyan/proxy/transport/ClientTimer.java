package dev.banyan.proxy.transport;

import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.Limit;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How long a client may keep its connection waiting: for a request, for the rest of a head or of a
/// body, and to take what is written to it.
///
/// One lazy timer a connection: it wakes now and then, looks at what is being waited for, and
/// sleeps until that could become too long. It is set anew only where something is waited for that
/// may end sooner than it would wake: half a head, half a body, a full buffer. A request that comes
/// in one piece and whose answer is taken costs nothing here.
///
/// It belongs to the connection's event loop.
// Failed closes come back as channelInactive: futures add nothing.
@SuppressWarnings("FutureReturnValueIgnored")
final class ClientTimer {
  /// RFC 9112 §9.6: how long a connection that is being given up is still read from, so that the
  /// client gets the last answer and not a reset.
  static final long LINGER = TimeUnit.SECONDS.toNanos(2);

  /// How much longer a body may take for each [#EARNING] bytes of it.
  private static final long EARNED = TimeUnit.SECONDS.toNanos(1);

  private static final long EARNING = 1024;
  private static final long NOTHING = Long.MIN_VALUE;

  /// Told when it has been too long. At most one call a waking.
  interface Owner {
    /// The request under way, or null.
    @Nullable InFlight underWay();

    /// It is read from the connection.
    boolean isReading();

    /// A head has begun and is not whole.
    boolean isWithinHead();

    void tooLong(Limit limit);
  }

  private final Channel channel;
  private final LongSupplier nanos;
  private final GatewayOptions.Limits limits;
  private final Owner owner;

  private @Nullable Future<?> timer;
  private long wakesAt;

  private long idleSince;
  private boolean ending;
  private boolean withinHead;
  private long headSince;

  /// Of a body that did not come with its head: how long it was waited for until the reading last
  /// stopped, and since when it is waited for now.
  private boolean withinBody;

  private boolean invited;
  private long bodyWaited;
  private long bodySince;

  private long written;
  private long takenBefore = NOTHING;
  private long stuckSince;

  ClientTimer(Channel channel, LongSupplier nanos, GatewayOptions.Limits limits, Owner owner) {
    this.channel = channel;
    this.nanos = nanos;
    this.limits = limits;
    this.owner = owner;
  }

  /// The connection begins; a client that says nothing at all is idle.
  void start() {
    if (timer == null) {
      idleSince = nanos.getAsLong();
      wakeAt(idleSince + limits.idle().toNanos());
    }
  }

  /// A request's head is whole.
  void requestBegan() {
    withinHead = false;
    withinBody = false;
  }

  /// A request has been answered; the next one is waited for.
  void requestEnded() {
    withinBody = false;
    idleSince = nanos.getAsLong();
    if (withinHead) {
      headSince = idleSince; // it was not waited for before
      wakeBy(idleSince + limits.headerTime().toNanos());
    }
  }

  /// All that had come has been looked at.
  void afterRead() {
    if (owner.isWithinHead()) {
      if (!withinHead) {
        withinHead = true;
        headSince = nanos.getAsLong();
        wakeBy(headSince + limits.headerTime().toNanos());
      }
    } else {
      InFlight request = owner.underWay();
      if (withinBody && !invited && request != null && request.bytesIn > 0) {
        invited(); // it has not waited to be told
      } else if (request != null && !withinBody && !request.isRequestComplete()) {
        withinBody = true;
        invited = !request.head.headers().contains(HttpHeaderNames.EXPECT);
        bodyWaited = 0;
        bodySince = nanos.getAsLong();
        wakeBy(bodySince + limits.bodyTime().toNanos());
      }
    }
  }

  /// The client has been told to send the body that it had announced.
  void invited() {
    if (!invited) {
      invited = true;
      bodySince = nanos.getAsLong();
    }
  }

  /// Reading has stopped, or has begun again.
  void readingChanged(boolean reading) {
    if (withinBody) {
      long now = nanos.getAsLong();
      if (!reading) {
        bodyWaited += now - bodySince;
      }
      bodySince = now;
    }
  }

  /// Bytes are on their way out.
  void wrote(int bytes) {
    written += bytes;
  }

  /// The client does not take what is written as fast as it comes, or is to take the last of it.
  void awaitTaking() {
    wakeBy(nanos.getAsLong() + limits.writeTime().toNanos());
  }

  /// The last answer is on its way: nothing else is waited for than that the client takes it.
  void ends() {
    ending = true;
    awaitTaking();
  }

  /// The last answer is out: the connection closes when the client has had time to read it.
  void lingers() {
    cancel();
    Runnable close = channel::close;
    timer = channel.eventLoop().schedule(close, LINGER, TimeUnit.NANOSECONDS);
  }

  void cancel() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void wakeBy(long time) {
    if (timer == null || time - wakesAt < 0) {
      wakeAt(time);
    }
  }

  private void wakeAt(long time) {
    cancel();
    wakesAt = time;
    long delay = Math.max(time - nanos.getAsLong(), 0);
    timer = channel.eventLoop().schedule(this::wake, delay, TimeUnit.NANOSECONDS);
  }

  private void wake() {
    timer = null;
    if (!channel.isOpen()) {
      return;
    }
    long now = nanos.getAsLong();
    long longest = limits.idle().toNanos();
    long left = stuckLeft(now);
    if (left <= 0) {
      owner.tooLong(Limit.WRITE_TIME);
      return;
    }
    InFlight request = owner.underWay();
    Limit limit = Limit.IDLE;
    long rest = longest;
    if (request != null) {
      limit = Limit.BODY_TIME;
      rest = bodyLeft(request, now);
    } else if (ending) {
      limit = Limit.WRITE_TIME;
    } else if (withinHead) {
      limit = Limit.HEADER_TIME;
      rest = limits.headerTime().toNanos() - (now - headSince);
    } else if (owner.isReading()) {
      rest = longest - (now - idleSince);
    }
    if (rest <= 0) {
      owner.tooLong(limit);
    } else {
      wakeAt(now + Math.min(Math.min(left, rest), longest));
    }
  }

  /// How much longer the body may take. Only waiting for the client counts: not while a backend
  /// takes nothing, and not while the client has not been told to go on.
  private long bodyLeft(InFlight request, long now) {
    if (!withinBody || request.isRequestComplete()) {
      return Long.MAX_VALUE;
    }
    boolean waiting = owner.isReading() && invited;
    long waited = bodyWaited + (waiting ? now - bodySince : 0);
    return limits.bodyTime().toNanos() + request.bytesIn / EARNING * EARNED - waited;
  }

  /// How much longer the client may take nothing: without an end where nothing waits for it.
  private long stuckLeft(long now) {
    ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
    long pending = out == null ? 0 : out.totalPendingWriteBytes();
    if (out == null || pending == 0) {
      takenBefore = NOTHING;
      return Long.MAX_VALUE;
    }
    // Grows with every byte that leaves and with nothing else, but for what codecs add.
    long taken = written - pending + out.currentProgress();
    if (taken != takenBefore) {
      takenBefore = taken;
      stuckSince = now;
    }
    return limits.writeTime().toNanos() - (now - stuckSince);
  }
}
