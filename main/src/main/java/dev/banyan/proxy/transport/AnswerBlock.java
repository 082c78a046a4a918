package dev.banyan.proxy.transport;

import dev.banyan.proxy.HopByHop;
import dev.banyan.proxy.Problem;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map;

/// What goes to a client of HTTP/2: heads of answers and trailers, made from those of HTTP/1.1.
final class AnswerBlock {
  private AnswerBlock() {}

  /// The head of a final answer, as the backend sent it.
  static Http2Headers of(HttpResponse head, String id) {
    HttpHeaders fields = head.headers();
    HeaderRules.removeConnectionOwn(fields);
    fields.remove(HttpHeaderNames.TRANSFER_ENCODING);
    if (head.status().code() == 204) {
      // RFC 9110 §8.6 allows none, and some clients take one for the length of missing DATA.
      fields.remove(HttpHeaderNames.CONTENT_LENGTH);
    }
    fields.add(HttpHeaderNames.VIA, HeaderRules.via(head.protocolVersion()));
    fields.set(HeaderRules.REQUEST_ID, id);
    return block(head, fields);
  }

  /// The head of a 1xx answer.
  static Http2Headers interim(HttpResponse head) {
    HeaderRules.removeConnectionOwn(head.headers());
    head.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
    return block(head, head.headers());
  }

  private static Http2Headers block(HttpResponse head, HttpHeaders fields) {
    Http2Headers block = new DefaultHttp2Headers(false, fields.size() + 1);
    block.status(head.status().codeAsText());
    addAll(fields, block);
    return block;
  }

  static Http2Headers trailers(HttpHeaders fields) {
    Http2Headers block = new DefaultHttp2Headers(false, fields.size());
    addAll(fields, block);
    return block;
  }

  /// RFC 9113 §8.2.1: names in lower case; §8.2.2: nothing of a connection.
  private static void addAll(HttpHeaders fields, Http2Headers block) {
    Iterator<Map.Entry<CharSequence, CharSequence>> all = fields.iteratorCharSequence();
    while (all.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = all.next();
      AsciiString name = AsciiString.of(field.getKey()).toLowerCase();
      if (!name.isEmpty() && name.byteAt(0) != ':' && !isOfConnection(name)) {
        block.add(name, AsciiString.of(field.getValue()).trim());
      }
    }
  }

  private static boolean isOfConnection(AsciiString name) {
    return switch (name.byteAt(0)) {
      case 'c', 'k', 'p', 't', 'u' -> HopByHop.isConnectionOwn(name.toString());
      default -> false;
    };
  }

  static Http2Headers problem(Problem problem, int length, String id) {
    Http2Headers block = new DefaultHttp2Headers(false, 5);
    if (problem.retryAfter() > 0) {
      block.addInt(HttpHeaderNames.RETRY_AFTER, problem.retryAfter());
    }
    return block
        .status(AsciiString.of(String.valueOf(problem.status())))
        .add(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
        .addInt(HttpHeaderNames.CONTENT_LENGTH, length)
        .add(HeaderRules.REQUEST_ID, id);
  }
}
