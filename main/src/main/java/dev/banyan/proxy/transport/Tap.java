package dev.banyan.proxy.transport;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.migration.Side;
import dev.banyan.proxy.Capture;
import dev.banyan.proxy.Tee;
import dev.banyan.routing.Decision;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Copies one request and its answer for a [Capture] while they pass by.
///
/// Nothing that goes wrong in the capture reaches the request: the tap closes, and says so in the
/// log.
final class Tap {
  private static final Logger LOG = LoggerFactory.getLogger(Tap.class);

  private static final AsciiString[] OVERRIDES = {
    AsciiString.cached("x-http-method-override"),
    AsciiString.cached("x-http-method"),
    AsciiString.cached("x-method-override")
  };

  private final Capture capture;
  private final List<byte[]> request = new ArrayList<>(1);
  private final List<byte[]> response = new ArrayList<>(2);
  private int status;
  private Headers headers = Headers.NONE;
  private boolean open = true;

  Tap(Capture capture) {
    this.capture = capture;
  }

  /// A tap on a request that is to be compared, or null when it is not sampled. What leaves HTTP
  /// cannot be compared.
  static @Nullable Tap on(Tee tee, HttpRequest head, Decision decision, String id) {
    if (head.headers().contains(HttpHeaderNames.UPGRADE)
        || (decision.write() == null && namesAnotherMethod(head))) {
      return null;
    }
    try {
      Capture capture = tee.begin(decision, id);
      return capture == null ? null : new Tap(capture);
    } catch (RuntimeException e) {
      LOG.warn("the shadow failed to begin; the request goes on without it", e);
      return null;
    }
  }

  /// Whether what is said to be a read asks to be taken for something else, which some servers do,
  /// and not of a POST alone: it may be a write then.
  private static boolean namesAnotherMethod(HttpRequest head) {
    for (AsciiString name : OVERRIDES) {
      if (head.headers().contains(name)) {
        return true;
      }
    }
    return false;
  }

  void request(ByteBuf piece) {
    keep(piece, true);
  }

  /// The answer's head as it came from the backend, before anything is changed in it.
  void head(HttpResponse head) {
    if (open) {
      status = head.status().code();
      headers = HeaderRules.captured(head.headers());
    }
  }

  void response(ByteBuf piece) {
    keep(piece, false);
  }

  private void keep(ByteBuf piece, boolean ofRequest) {
    if (!open || !piece.isReadable()) {
      return;
    }
    try {
      if (capture.admit(ofRequest, piece.readableBytes())) {
        (ofRequest ? request : response).add(CopiedBody.copy(piece));
      } else {
        close();
      }
    } catch (RuntimeException e) {
      LOG.warn("the shadow failed to admit a piece; the request goes on without it", e);
      close();
    }
  }

  /// Hands everything over. The tap is closed afterwards.
  ///
  /// @param headTook from sending the request to the head of the answer
  /// @param nanos to its end
  void complete(HttpRequest sent, Side side, long headTook, long nanos) {
    if (!open) {
      return;
    }
    open = false;
    Body requestBody = CopiedBody.of(request);
    Body responseBody = CopiedBody.of(response);
    try {
      capture.complete(
          new Request(
              sent.method().name(), sent.uri(), HeaderRules.captured(sent.headers()), requestBody),
          new Leg.Answered(
              side,
              new Response(status, headers, responseBody),
              Duration.ofNanos(headTook),
              Duration.ofNanos(nanos)));
    } catch (RuntimeException e) {
      LOG.warn("the shadow failed to take a request; it is not compared", e);
      requestBody.release();
      responseBody.release();
    }
  }

  void abandon(Capture.Reason reason) {
    if (!open) {
      return;
    }
    close();
    try {
      capture.abandon(reason);
    } catch (RuntimeException e) {
      LOG.warn("the shadow failed to abandon a request", e);
    }
  }

  private void close() {
    open = false;
    request.clear();
    response.clear();
  }
}
