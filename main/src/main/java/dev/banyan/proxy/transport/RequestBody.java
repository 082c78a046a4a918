package dev.banyan.proxy.transport;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A request's body on its way: held while there is no connection to send it on, and, up to a
/// limit, kept by reference so that a safe request can be sent once more.
final class RequestBody {
  private final ArrayDeque<HttpContent> held = new ArrayDeque<>(2);
  private final int limit;
  private boolean kept;
  private int keptBytes;
  private boolean complete;
  private boolean parted;

  /// @param limit bytes to keep for sending again; 0 where the request must not be sent twice
  RequestBody(int limit) {
    this.limit = limit;
    this.kept = limit > 0;
  }

  /// Takes the next piece, and owns it.
  ///
  /// @param to where to send it at once, or null while there is no connection
  void receive(HttpContent content, @Nullable UpstreamLeg to) {
    complete = content instanceof LastHttpContent;
    keptBytes += content.content().readableBytes();
    if (kept && keptBytes > limit) {
      kept = false;
      if (to != null) {
        parted = true;
        release(); // all of it was sent already
      }
    }
    if (kept || isBareEnd(content)) {
      held.addLast(content);
      if (to != null) {
        to.send(content.retainedDuplicate());
      }
    } else if (to != null) {
      parted = true;
      to.send(content);
    } else {
      held.addLast(content);
    }
  }

  /// Sends all that has come so far.
  void sendTo(UpstreamLeg connection) {
    if (kept) {
      for (HttpContent content : held) {
        connection.send(content.retainedDuplicate());
      }
      return;
    }
    HttpContent next;
    while ((next = held.peekFirst()) != null && !isBareEnd(next)) {
      parted = true;
      connection.send(held.removeFirst());
    }
    if (next != null) {
      connection.send(next); // it is nobody's and costs nothing to keep
    }
  }

  /// Whether it is the one end of a body that nobody owns, without content or trailers.
  @SuppressWarnings("ReferenceEquality") // there is one such object
  private static boolean isBareEnd(HttpContent content) {
    return content == LastHttpContent.EMPTY_LAST_CONTENT;
  }

  /// Shows what is here.
  void show(Consumer<HttpContent> to) {
    held.forEach(to);
  }

  /// Whether all of the body has come from the client.
  boolean isComplete() {
    return complete;
  }

  /// Whether all that has come so far could be sent again.
  boolean isKept() {
    return kept;
  }

  /// Whether all that has come so far is still here: kept, or not sent yet.
  boolean isWhole() {
    return !parted;
  }

  /// A copy of the bytes that are held.
  byte[] copyOfHeld() {
    int length = 0;
    for (HttpContent content : held) {
      length += content.content().readableBytes();
    }
    byte[] copy = new byte[length];
    int at = 0;
    for (HttpContent content : held) {
      int bytes = content.content().readableBytes();
      content.content().getBytes(content.content().readerIndex(), copy, at, bytes);
      at += bytes;
    }
    return copy;
  }

  void release() {
    HttpContent next;
    while ((next = held.pollFirst()) != null) {
      next.release();
    }
  }
}
