package dev.banyan.proxy.transport;

import dev.banyan.proxy.Limit;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.ProxyFailure.Kind;
import dev.banyan.proxy.ProxyFailure.Progress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/// One request on a connection of HTTP/2 to a backend, and its answer.
///
/// The request's head waits for what follows it, so that one without a body is a single frame. It
/// belongs to its connection's event loop.
final class UpstreamStream implements UpstreamLeg {
  private final MultiplexedConnection connection;
  private final Deadlines deadlines;

  private @Nullable UpstreamUser user;
  private @Nullable HttpRequest waitingHead;
  private int id = -1;
  private boolean toHead;
  private boolean expectsContinue;
  private boolean requestSent;
  private boolean anyAnswer;
  private boolean finalHead;
  private boolean paused;
  private boolean touched;

  /// Whether its user has been told the end, or wants to know nothing more.
  private boolean over;

  /// Bytes that came while nobody took more: the backend gets room for as many on [#resume].
  private int owed;

  /// What the answer's head says of its length, or -1; and what has come.
  private long length;

  private long received;

  UpstreamStream(MultiplexedConnection connection, Deadlines deadlines) {
    this.connection = connection;
    this.deadlines = deadlines;
  }

  int id() {
    return id;
  }

  // ---- the request

  @Override
  public void begin(UpstreamUser asking, HttpRequest head) {
    user = asking;
    waitingHead = head;
    toHead = head.method().equals(HttpMethod.HEAD);
    expectsContinue = head.headers().contains(HttpHeaderNames.EXPECT);
    deadlines.begin(connection.now());
    if (!connection.isActive()) {
      failLater("the connection had ended");
    }
  }

  @Override
  public void send(HttpContent content) {
    deadlines.heard(connection.now());
    expectsContinue = false;
    boolean last = content instanceof LastHttpContent;
    requestSent |= last;
    if (over) {
      content.release();
      return;
    }
    HttpHeaders trailers = last ? ((LastHttpContent) content).trailingHeaders() : null;
    boolean ends = last && (trailers == null || trailers.isEmpty());
    ByteBuf data = content.content();
    if (writeHead(ends && !data.isReadable()) || over) {
      content.release();
      return;
    }
    if (ends || data.isReadable()) {
      connection.writeData(id, data, ends);
    } else {
      content.release();
    }
    if (trailers != null && !trailers.isEmpty()) {
      connection.writeTrailers(id, Http2Messages.trailers(trailers));
    }
  }

  /// Sends the head, if it was not sent yet.
  ///
  /// @return whether the request ended with it
  private boolean writeHead(boolean ends) {
    HttpRequest head = waitingHead;
    if (head == null) {
      return false;
    }
    waitingHead = null;
    id = connection.writeHead(this, head, ends);
    if (id < 0) {
      failLater("the connection takes no more streams");
      return false;
    }
    return ends;
  }

  /// Not before the call under way has returned: its caller does not expect to be told yet.
  private void failLater(String detail) {
    connection.later(() -> fail(Kind.RESET, Progress.UNSENT, null, detail, null));
  }

  @Override
  public void flush() {
    if (!over) {
      writeHead(false);
      connection.flushAll();
    }
  }

  @Override
  public boolean isWritable() {
    return connection.isWritable(id);
  }

  // ---- the answer

  /// A head, or trailers.
  void headers(Http2Headers headers, boolean end) {
    UpstreamUser asking = user;
    if (over || asking == null) {
      return;
    }
    deadlines.heard(connection.now());
    touched = true;
    try {
      if (finalHead) {
        trailers(headers, end);
      } else {
        head(asking, headers, end);
      }
    } catch (IllegalArgumentException e) {
      broken("a header that HTTP does not allow", e);
    }
  }

  private void trailers(Http2Headers headers, boolean end) {
    if (!end) {
      broken("a second head", null);
      return;
    }
    DefaultLastHttpContent last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
    // Names of framing have no meaning behind the body, and Netty refuses them there.
    headers.remove(HttpHeaderNames.CONTENT_LENGTH);
    headers.remove(HttpHeaderNames.TRAILER);
    Http2Messages.copy(headers, last.trailingHeaders());
    end(last);
  }

  private void head(UpstreamUser asking, Http2Headers headers, boolean end) {
    int status = Http2Messages.status(headers);
    if (status < 0 || status == 101 || (status < 200 && end)) {
      broken("an answer with the status " + headers.status(), null);
      return;
    }
    HttpResponse head = Http2Messages.answer(status, headers);
    if (status < 200) {
      anyAnswer = true;
      expectsContinue = false;
      asking.interim(head);
      return;
    }
    length = length(head, status);
    if (end && length > 0) {
      broken("an answer of " + length + " bytes without any", null);
      return;
    }
    anyAnswer = true;
    finalHead = true;
    received = 0;
    deadlines.answered(head);
    asking.head(head);
    if (end && !over) {
      end(LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }

  /// How long the body must be, or -1 where the head does not tell.
  private long length(HttpResponse head, int status) {
    if (toHead || HeaderRules.hasNoBody(status)) {
      return 0;
    }
    var lengths = head.headers().getAll(HttpHeaderNames.CONTENT_LENGTH);
    if (lengths.isEmpty()) {
      return -1;
    }
    String text = lengths.getFirst();
    if (lengths.size() > 1 || text.isEmpty() || text.length() > 18) {
      throw new IllegalArgumentException("Content-Length: " + lengths);
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        throw new IllegalArgumentException("Content-Length: " + text);
      }
    }
    return Long.parseLong(text);
  }

  /// A piece of the body, which is borrowed.
  ///
  /// @param window bytes that it took from the stream's window
  /// @return bytes of the window that are free again
  int data(ByteBuf data, int window, boolean end) {
    UpstreamUser asking = user;
    if (over || asking == null) {
      return window;
    }
    deadlines.heard(connection.now());
    touched = true;
    received += data.readableBytes();
    if (!finalHead) {
      broken("a body without a head", null);
    } else if (length >= 0 && (received > length || (end && received < length))) {
      broken("a body of another length than " + length, null);
    } else if (end) {
      end(
          data.isReadable()
              ? new DefaultLastHttpContent(data.retain())
              : LastHttpContent.EMPTY_LAST_CONTENT);
    } else if (data.isReadable()) {
      asking.content(new DefaultHttpContent(data.retain()), false);
    }
    if (paused && !over) {
      owed += window;
      return 0;
    }
    return window;
  }

  private void end(LastHttpContent last) {
    UpstreamUser asking = user;
    if (length > 0 && received < length) {
      last.release();
      broken("a body of another length than " + length, null);
      return;
    }
    over = true;
    user = null;
    release();
    if (!requestSent) {
      // An early answer: what is left of the request must not follow it (RFC 9113 §8.1).
      connection.reset(this, Http2Error.CANCEL);
    }
    if (asking != null) {
      asking.content(last, true);
    }
  }

  void readComplete() {
    UpstreamUser asking = user;
    if (touched && asking != null) {
      touched = false;
      asking.readComplete();
    }
  }

  void writabilityChanged() {
    UpstreamUser asking = user;
    if (asking != null) {
      asking.writabilityChanged();
    }
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    if (paused) {
      release();
      deadlines.heard(connection.now());
    }
  }

  private void release() {
    paused = false;
    int free = owed;
    owed = 0;
    if (free > 0) {
      connection.consumed(id, free);
    }
  }

  @Override
  public void handTo(UpstreamUser other) {
    user = other;
  }

  // ---- other ends

  @Override
  public void abort() {
    user = null;
    if (!over) {
      over = true;
      waitingHead = null;
      connection.reset(this, Http2Error.CANCEL);
    }
  }

  /// The backend ended the stream.
  void resetBy(long code) {
    Http2Error error = Http2Error.valueOf(code);
    boolean refused = error == Http2Error.REFUSED_STREAM && !anyAnswer;
    fail(
        Kind.RESET,
        refused ? Progress.UNSENT : progress(Kind.RESET),
        null,
        "the stream was reset: " + (error == null ? code : error),
        null);
  }

  /// The stream is gone, with its connection or without.
  ///
  /// @param unprocessed whether the backend said that it never looked at it
  void closed(boolean unprocessed, String detail, @Nullable Throwable cause) {
    boolean unsent = unprocessed && !anyAnswer;
    fail(Kind.RESET, unsent ? Progress.UNSENT : progress(Kind.RESET), null, detail, cause);
  }

  /// What came on it, or on its connection, breaks the protocol.
  void malformed(String detail, @Nullable Throwable cause) {
    fail(Kind.PROTOCOL, progress(Kind.PROTOCOL), null, detail, cause);
  }

  private void broken(String detail, @Nullable Throwable cause) {
    malformed(detail, cause);
    connection.reset(this, Http2Error.PROTOCOL_ERROR);
  }

  void tick(long now) {
    if (over || user == null) {
      return;
    }
    boolean backendsTurn = requestSent || expectsContinue || !isWritable();
    Limit reached = deadlines.reached(now, backendsTurn, paused);
    if (reached != null) {
      fail(Kind.TIMEOUT, progress(Kind.TIMEOUT), reached, deadlines.describe(reached), null);
      connection.reset(this, Http2Error.CANCEL);
    }
  }

  private Progress progress(Kind kind) {
    if (anyAnswer) {
      return Progress.ANSWERING;
    }
    if (id < 0) {
      return Progress.UNSENT;
    }
    return kind == Kind.RESET && connection.mayBeStale() ? Progress.STALE : Progress.UNANSWERED;
  }

  private void fail(
      Kind kind,
      Progress progress,
      @Nullable Limit limit,
      String detail,
      @Nullable Throwable cause) {
    UpstreamUser asking = user;
    over = true;
    user = null;
    waitingHead = null;
    if (id < 0) {
      connection.ended(this);
    }
    if (asking != null) {
      String where = connection.where();
      asking.failed(
          new ProxyFailure(
              kind, null, connection.service(), progress, limit, where + ": " + detail, cause));
    }
  }
}
