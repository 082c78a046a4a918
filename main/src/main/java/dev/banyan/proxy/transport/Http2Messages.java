package dev.banyan.proxy.transport;

import dev.banyan.proxy.HopByHop;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map;

/// Between HTTP/2's messages on connections to backends and the form that all of the gateway works
/// with.
final class Http2Messages {
  static final HttpVersion HTTP_2 = HttpVersion.valueOf("HTTP/2.0");

  private Http2Messages() {}

  /// A request's head as HTTP/2 has it: without what only HTTP/1.1 knows (RFC 9113 §8.2.2), and
  /// with `Host` as the authority (§8.3.1).
  ///
  /// @param authority stands in where the request names no host
  static Http2Headers request(HttpRequest request, AsciiString scheme, AsciiString authority) {
    HttpHeaders from = request.headers();
    Http2Headers to = new DefaultHttp2Headers(false, from.size() + 4);
    to.method(request.method().asciiName());
    to.scheme(scheme);
    CharSequence host = from.get(HttpHeaderNames.HOST);
    to.authority(host == null || host.isEmpty() ? authority : host);
    to.path(request.uri());
    copy(from, to);
    return to;
  }

  /// Trailers as HTTP/2 has them.
  static Http2Headers trailers(HttpHeaders trailers) {
    Http2Headers to = new DefaultHttp2Headers(false, trailers.size());
    copy(trailers, to);
    return to;
  }

  private static void copy(HttpHeaders from, Http2Headers to) {
    Iterator<Map.Entry<CharSequence, CharSequence>> all = from.iteratorCharSequence();
    while (all.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = all.next();
      AsciiString name = AsciiString.of(field.getKey()).toLowerCase();
      if (!isOfHttp1(name, field.getValue())) {
        to.add(name, field.getValue());
      }
    }
  }

  private static boolean isOfHttp1(AsciiString name, CharSequence value) {
    if (name.contentEquals(HttpHeaderNames.TE)) {
      return !AsciiString.contentEqualsIgnoreCase(HttpHeaderValues.TRAILERS, value);
    }
    return name.contentEquals(HttpHeaderNames.HOST)
        || name.contentEquals("http2-settings")
        || HopByHop.isConnectionOwn(name.toString());
  }

  /// The status of an answer, or -1 where there is none that could be.
  static int status(Http2Headers answer) {
    CharSequence status = answer.status();
    if (status == null || status.length() != 3) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < 3; i++) {
      char digit = status.charAt(i);
      if (digit < '0' || digit > '9') {
        return -1;
      }
      value = value * 10 + digit - '0';
    }
    return value >= 100 ? value : -1;
  }

  /// An answer's head.
  ///
  /// @throws IllegalArgumentException if a name or a value could not stand in HTTP/1.1 (RFC 9113
  ///   §10.3)
  static HttpResponse answer(int status, Http2Headers from) {
    HttpResponse answer =
        new DefaultHttpResponse(
            HTTP_2, HttpResponseStatus.valueOf(status), DefaultHttpHeadersFactory.headersFactory());
    copy(from, answer.headers());
    return answer;
  }

  /// Puts an answer's trailers where they belong.
  ///
  /// @throws IllegalArgumentException as with an answer's head
  static void copy(Http2Headers from, HttpHeaders to) {
    for (Map.Entry<CharSequence, CharSequence> field : from) {
      CharSequence name = field.getKey();
      if (name.charAt(0) != ':') {
        to.add(name, field.getValue());
      }
    }
  }
}
