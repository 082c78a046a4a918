package dev.banyan.proxy.transport;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One block of a client's fields in HTTP/2, judged field by field as it is decoded (RFC 9113 §8.2
/// and §8.3), and turned into a head or trailers of HTTP/1.1.
///
/// A request that is forwarded in HTTP/1.1 must not become two, so nothing gets through here that
/// ends a line, ends a name or says where a body ends. The first fault stands for all. Nothing is
/// kept in the collection that this class extends: only its decoder asks for that type.
final class FieldBlock extends DefaultHttp2Headers {
  static final HttpVersion HTTP_2 = new HttpVersion("HTTP", 2, 0, true);

  /// Digits of a length that fits into a long, whatever they are.
  private static final int LONGEST_LENGTH = 18;

  private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
  private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");

  private final HttpHeaders fields =
      DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
  private @Nullable String wrong;
  private @Nullable AsciiString method;
  private @Nullable AsciiString scheme;
  private @Nullable AsciiString path;
  private @Nullable AsciiString authority;
  private @Nullable AsciiString host;
  private @Nullable AsciiString cookie;
  private boolean anyPseudo;
  private boolean anyRegular;
  private long length = -1;

  FieldBlock() {
    super(false, 2);
  }

  /// Takes the next field in the order of the block.
  @Override
  public Http2Headers add(CharSequence name, CharSequence value) {
    if (wrong == null) {
      wrong = take(AsciiString.of(name), AsciiString.of(value));
    }
    return this;
  }

  private @Nullable String take(AsciiString name, AsciiString value) {
    if (!isValue(value)) {
      return "a value with a character that no field may have";
    }
    if (!name.isEmpty() && name.byteAt(0) == ':') {
      return pseudo(name, value);
    }
    anyRegular = true;
    if (!isToken(name, true)) {
      return "a name that is no token in lower case";
    }
    return regular(name, value);
  }

  /// RFC 9113 §8.3: each once, and before all others.
  private @Nullable String pseudo(AsciiString name, AsciiString value) {
    if (anyRegular) {
      return "a pseudo-header field after a field";
    }
    anyPseudo = true;
    boolean again;
    if (Http2Headers.PseudoHeaderName.METHOD.value().contentEquals(name)) {
      again = method != null;
      method = value;
    } else if (Http2Headers.PseudoHeaderName.SCHEME.value().contentEquals(name)) {
      again = scheme != null;
      scheme = value;
    } else if (Http2Headers.PseudoHeaderName.PATH.value().contentEquals(name)) {
      again = path != null;
      path = value;
    } else if (Http2Headers.PseudoHeaderName.AUTHORITY.value().contentEquals(name)) {
      again = authority != null;
      authority = value;
      fields.set(HttpHeaderNames.HOST, value);
    } else {
      return "an unknown pseudo-header field";
    }
    return again ? "a pseudo-header field twice" : null;
  }

  private @Nullable String regular(AsciiString name, AsciiString value) {
    if (isOfConnection(name)) {
      return "a field that belongs to a connection of HTTP/1.1"; // RFC 9113 §8.2.2
    }
    if (HttpHeaderNames.TE.contentEquals(name)) {
      if (!HttpHeaderValues.TRAILERS.contentEqualsIgnoreCase(value)) {
        return "a TE other than trailers";
      }
    } else if (HttpHeaderNames.CONTENT_LENGTH.contentEquals(name)) {
      return length(value);
    } else if (HttpHeaderNames.HOST.contentEquals(name)) {
      return host(value);
    } else if (HttpHeaderNames.COOKIE.contentEquals(name)) {
      // RFC 9113 §8.2.3: crumbs of one field, put together again.
      AsciiString before = cookie;
      cookie = before == null ? value : before.concat("; ").concat(value);
      return null;
    } else if (RequestDecoder.isDisguised(name)) {
      return "a name that can be taken for a framing field";
    }
    fields.add(name, value);
    return null;
  }

  private static boolean isOfConnection(AsciiString name) {
    return HttpHeaderNames.CONNECTION.contentEquals(name)
        || HttpHeaderNames.TRANSFER_ENCODING.contentEquals(name)
        || HttpHeaderNames.UPGRADE.contentEquals(name)
        || KEEP_ALIVE.contentEquals(name)
        || PROXY_CONNECTION.contentEquals(name);
  }

  private @Nullable String length(AsciiString value) {
    if (length >= 0) {
      return "more than one content-length";
    }
    if (value.isEmpty() || value.length() > LONGEST_LENGTH) {
      return "a content-length that is no length";
    }
    for (int i = 0; i < value.length(); i++) {
      if (value.byteAt(i) < '0' || value.byteAt(i) > '9') {
        return "a content-length that is no length";
      }
    }
    length = value.parseLong();
    fields.set(HttpHeaderNames.CONTENT_LENGTH, value);
    return null;
  }

  /// RFC 9113 §8.3.1: a Host beside an authority must say the same.
  private @Nullable String host(AsciiString value) {
    if (host != null) {
      return "more than one Host";
    }
    host = value;
    AsciiString same = authority;
    if (same == null) {
      fields.set(HttpHeaderNames.HOST, value);
      return null;
    }
    return same.contentEqualsIgnoreCase(value) ? null : "a Host that is not the authority";
  }

  /// RFC 9110 §5.6.2; RFC 9113 §8.2.1 adds that names are in lower case.
  private static boolean isToken(AsciiString name, boolean lower) {
    if (name.isEmpty()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      int c = name.byteAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (!lower && c >= 'A' && c <= 'Z');
      if (!letter && (c < '0' || c > '9') && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  /// RFC 9110 §5.5, and no white space at the ends (RFC 9113 §8.2.1).
  private static boolean isValue(AsciiString value) {
    for (int i = 0; i < value.length(); i++) {
      byte c = value.byteAt(i);
      if ((c >= 0 && c < ' ' && c != '\t') || c == 0x7f) {
        return false;
      }
    }
    return value.isEmpty()
        || (!isSpace(value.byteAt(0)) && !isSpace(value.byteAt(value.length() - 1)));
  }

  private static boolean hasSpace(@Nullable AsciiString value) {
    return value != null && (value.indexOf(' ', 0) >= 0 || value.indexOf('\t', 0) >= 0);
  }

  private static boolean isSpace(byte c) {
    return c == ' ' || c == '\t';
  }

  /// What makes the block no head of a request, or null.
  @Nullable String wrongForHead() {
    if (wrong != null) {
      return wrong;
    }
    AsciiString asked = method;
    if (asked == null || !isToken(asked, false)) {
      return "no method";
    }
    if (hasSpace(path) || hasSpace(authority)) {
      return "white space in a path or an authority";
    }
    if (isConnect()) {
      return scheme != null || path != null || authority == null
          ? "a CONNECT with other pseudo-header fields than its authority"
          : null;
    }
    AsciiString by = scheme;
    if (by == null
        || !(by.contentEqualsIgnoreCase("http") || by.contentEqualsIgnoreCase("https"))) {
      return "no scheme, or one that is not served";
    }
    AsciiString to = path;
    if (to == null || to.isEmpty() || (to.byteAt(0) != '/' && !to.contentEquals("*"))) {
      return "no path";
    }
    return null;
  }

  /// What makes the block no trailers, or null (RFC 9113 §8.1).
  @Nullable String wrongForTrailers() {
    return wrong == null && anyPseudo ? "a pseudo-header field in trailers" : wrong;
  }

  private boolean isConnect() {
    return method != null && method.contentEquals("CONNECT");
  }

  /// The length that the head announces, or -1.
  long length() {
    return length;
  }

  /// The head of a request, once nothing was wrong with it.
  ///
  /// @param ends whether no body follows
  /// @param longest most bytes of a target
  HttpRequest head(boolean ends, int longest) {
    String target = Objects.requireNonNullElse(isConnect() ? authority : path, "").toString();
    if (cookie != null) {
      fields.set(HttpHeaderNames.COOKIE, cookie);
    }
    if (!ends && length < 0) {
      fields.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    HttpMethod asked = HttpMethod.valueOf(String.valueOf(method));
    HttpRequest head = new Head(asked, target, fields);
    if (target.length() > longest) {
      head.setDecoderResult(
          DecoderResult.failure(new TooLongHttpLineException("a target of " + target.length())));
    }
    return head;
  }

  /// The fields of trailers, once nothing was wrong with them.
  HttpHeaders trailers() {
    if (cookie != null) {
      fields.set(HttpHeaderNames.COOKIE, cookie);
    }
    return fields;
  }

  /// A head that came in HTTP/2, unlike one that only says so in its request line.
  static final class Head extends DefaultHttpRequest {
    Head(HttpMethod method, String target, HttpHeaders fields) {
      super(HTTP_2, method, target, fields);
    }
  }
}
