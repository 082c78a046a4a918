package dev.banyan.proxy.transport;

import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.Limit;
import dev.banyan.proxy.Problem;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.ProxyFailure.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One request of a client of HTTP/2, on a stream of its own.
///
/// The client's right to send more of the body is given back only as the backend takes it: what
/// waits here is bounded by the stream's window. The answer goes out as fast as the client's window
/// allows; while it does not, the backend is not read from.
///
/// It belongs to one event loop.
// Failed writes come back as errors of the stream: futures add nothing.
@SuppressWarnings("FutureReturnValueIgnored")
final class ClientStream implements ClientSide {
  /// What each KiB of a body adds to the time that it may keep the gateway waiting.
  private static final long EARNED = TimeUnit.SECONDS.toNanos(1);

  private final ClientStreams connection;
  private final Worker worker;
  private final GatewayOptions.Limits limits;
  final Http2Stream stream;

  private @Nullable InFlight request;
  private boolean toHead;

  /// The length that the client announced, or -1, and what came of it.
  private long announced;

  private long received;

  /// Bytes that came and whose room has not been given back to the client.
  private int owed;

  /// Whether the client has ended the stream.
  private boolean whole;

  /// Whether the stream is being reset, so that nothing can be written any more.
  private boolean cut;

  private boolean answered;

  /// The head of the answer while it waits for a body to go out with.
  private @Nullable Http2Headers unsent;

  /// The write that ends the answer.
  private @Nullable ChannelFuture end;

  /// Whether the client does not wait to be told to send the body (RFC 9110 §10.1.1).
  private boolean invited;

  private long waitedForBody;

  /// Since when the client takes nothing; 0 while it does.
  private long stalledSince;

  /// @param limits that the connection began with
  ClientStream(
      ClientStreams connection, Worker worker, GatewayOptions.Limits limits, Http2Stream stream) {
    this.connection = connection;
    this.worker = worker;
    this.limits = limits;
    this.stream = stream;
  }

  // ---- what comes from the client

  /// Takes the request in.
  ///
  /// @param length of its body, or -1
  /// @param ends whether no body follows
  void begin(HttpRequest head, long length, boolean ends) throws Http2Exception {
    announced = length;
    whole = ends;
    Intake intake = connection.intake();
    String id = intake.name(head);
    ProxyFailure refusal = intake.refusal(head, id);
    toHead = head.method().equals(HttpMethod.HEAD);
    invited = !head.headers().contains(HttpHeaderNames.EXPECT);
    if (refusal != null) {
      refuse(refusal, id);
      return;
    }
    InFlight next = intake.admit(this, head, id, HeaderRules.mayBeOverlooked(head));
    request = next;
    next.start();
    if (ends) {
      next.requestContent(LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }

  /// Takes a piece of the body.
  ///
  /// @return how many bytes of the client's window it gets back at once
  int data(ByteBuf data, int padding, boolean ends) throws Http2Exception {
    int bytes = data.readableBytes();
    received += bytes;
    invited = true;
    whole = ends;
    requireAnnounced(ends);
    InFlight receiving = request;
    if (receiving == null) {
      return bytes + padding;
    }
    owed += bytes;
    HttpContent content =
        ends ? new DefaultLastHttpContent(data.retain()) : new DefaultHttpContent(data.retain());
    receiving.requestContent(content);
    readingMayChange();
    return padding;
  }

  void trailers(FieldBlock block) throws Http2Exception {
    whole = true;
    String wrong = block.wrongForTrailers();
    if (wrong != null) {
      throw malformed(wrong);
    }
    requireAnnounced(true);
    InFlight receiving = request;
    if (receiving != null) {
      LastHttpContent last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
      HeaderRules.trailersToBackend(block.trailers());
      last.trailingHeaders().setAll(block.trailers());
      receiving.requestContent(last);
    }
  }

  /// RFC 9113 §8.1.1: the announced length is the length of all DATA.
  private void requireAnnounced(boolean ends) throws Http2Exception {
    if (announced >= 0 && (received > announced || (ends && received < announced))) {
      throw malformed("a body that is not as long as announced");
    }
  }

  Http2Exception malformed(String why) {
    return Http2Exception.streamError(stream.id(), Http2Error.PROTOCOL_ERROR, why);
  }

  /// All that the client sent at once has been passed on.
  void flushRequest() {
    if (request != null) {
      request.flushRequest();
    }
  }

  /// The stream is about to be reset for a fault.
  ///
  /// @param own whether the fault is in what the gateway sends
  void broken(String why, boolean own) {
    cut = true;
    InFlight left = request;
    request = null;
    if (left == null) {
      return;
    }
    if (own) {
      left.clientGone();
    } else {
      left.requestBroken(ProxyFailure.refused(Kind.BAD_REQUEST, why));
    }
  }

  /// The stream has ended, one way or another.
  void closed() {
    cut = true;
    InFlight left = request;
    request = null;
    if (left != null) {
      left.clientGone();
    }
  }

  /// There is room for more of the answer, or no more.
  void writabilityChanged() {
    if (connection.isWritable(stream)) {
      stalledSince = 0;
      if (request != null) {
        request.clientWritable();
      }
    }
  }

  /// The client takes a piece of the answer.
  void taking() {
    stalledSince = 0;
  }

  // ---- time

  /// Looks whether the client keeps the request, or its answer, waiting for too long.
  ///
  /// @param passed since it looked last
  void look(long now, long passed) {
    InFlight waiting = request;
    if (waiting != null && !whole && !answered && invited && waiting.wantsMore()) {
      waitedForBody += passed;
      long limit = limits.bodyTime().toNanos() + received / 1024 * EARNED;
      if (waitedForBody > limit) {
        worker.outcomes().limited(Limit.BODY_TIME);
        request = null;
        waiting.requestBroken(
            ProxyFailure.refused(Kind.REQUEST_TIMEOUT, "the body kept the gateway waiting"));
        return;
      }
    }
    if (!connection.isStalled(stream)) {
      stalledSince = 0;
    } else if (stalledSince == 0) {
      stalledSince = now;
    } else if (now - stalledSince > limits.writeTime().toNanos()) {
      worker.outcomes().limited(Limit.WRITE_TIME);
      closed();
      connection.reset(stream, Http2Error.CANCEL);
    }
  }

  // ---- ClientSide

  @Override
  public void readingMayChange() {
    InFlight receiving = request;
    if (owed > 0 && (receiving == null || receiving.wantsMore())) {
      int bytes = owed;
      owed = 0;
      connection.giveBack(stream, bytes);
    }
  }

  @Override
  public boolean isWritable() {
    return connection.isWritable(stream);
  }

  @Override
  public void interim(HttpResponse interim) {
    invited = true;
    connection.writeHead(stream, AnswerBlock.interim(interim), false);
    connection.flushSoon();
  }

  @Override
  public void answer(HttpResponse head, String id) {
    answered = true;
    unsent = AnswerBlock.of(head, id);
  }

  @Override
  public void write(HttpContent content) {
    if (cut) {
      content.release();
      return;
    }
    sendHead(false);
    connection.writeData(stream, content.content(), false);
  }

  @Override
  public void writeLast(HttpContent last) {
    if (cut) {
      last.release();
      return;
    }
    LastHttpContent tail = (LastHttpContent) last;
    boolean empty = !tail.content().isReadable();
    boolean trailed = !tail.trailingHeaders().isEmpty();
    if (empty && !trailed && unsent != null) {
      sendHead(true);
      tail.release();
    } else {
      sendHead(false);
      if (empty && trailed) {
        tail.release();
      } else {
        end = connection.writeData(stream, tail.content(), !trailed);
      }
      if (trailed) {
        end = connection.writeHead(stream, AnswerBlock.trailers(tail.trailingHeaders()), true);
      }
    }
    connection.flushSoon();
  }

  private void sendHead(boolean ends) {
    Http2Headers head = unsent;
    if (head != null) {
      unsent = null;
      end = connection.writeHead(stream, head, ends);
    }
  }

  @Override
  public void flush() {
    if (!cut) {
      sendHead(false);
      connection.flushSoon();
    }
  }

  @Override
  public void finished(boolean requestComplete) {
    request = null;
    readingMayChange(); // what still comes of the body is thrown away
    ChannelFuture written = end;
    if (!whole && !cut && written != null) {
      // RFC 9113 §8.1: a client need not send what is left of its request, once it has the answer.
      written.addListener(done -> connection.reset(stream, Http2Error.NO_ERROR));
    }
  }

  @Override
  public void refuse(ProxyFailure failure, String id) {
    answerProblem(failure, id, whole);
  }

  @Override
  public void answerProblem(ProxyFailure failure, String id, boolean requestComplete) {
    if (!cut) {
      Problem problem = Problem.of(failure.kind());
      byte[] json = problem.json(id);
      answered = true;
      end = connection.writeHead(stream, AnswerBlock.problem(problem, json.length, id), toHead);
      if (!toHead) {
        end = connection.writeData(stream, Unpooled.wrappedBuffer(json), true);
      }
      connection.flushSoon();
    }
    finished(requestComplete);
  }

  @Override
  public void breakOff() {
    request = null;
    if (!cut) {
      cut = true;
      connection.reset(stream, Http2Error.INTERNAL_ERROR);
    }
  }
}
