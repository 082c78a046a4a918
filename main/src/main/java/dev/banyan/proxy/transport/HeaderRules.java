package dev.banyan.proxy.transport;

import dev.banyan.exchange.Headers;
import dev.banyan.proxy.HopByHop;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.ProxyFailure.Kind;
import dev.banyan.proxy.RequestIds;
import dev.banyan.proxy.Trailers;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is refused, removed, added and kept in the heads of requests and answers.
final class HeaderRules {
  static final AsciiString REQUEST_ID = AsciiString.cached("x-request-id");
  static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");
  static final AsciiString SHADOW = AsciiString.cached("x-banyan-shadow");
  static final AsciiString FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
  static final AsciiString FORWARDED_HOST = AsciiString.cached("x-forwarded-host");
  static final AsciiString FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");
  private static final AsciiString PLAIN = AsciiString.cached("http");
  private static final String OURS = "x-banyan-";
  private static final AsciiString SECURE = AsciiString.cached("https");
  private static final AsciiString VIA = AsciiString.cached("1.1 banyan");
  private static final AsciiString VIA_OLD = AsciiString.cached("1.0 banyan");
  private static final AsciiString VIA_2 = AsciiString.cached("2 banyan");

  /// What a client could tell a backend of its way here, which only the gateway knows.
  static final AsciiString[] OF_THE_WAY = {
    AsciiString.cached("forwarded"),
    AsciiString.cached("x-forwarded-port"),
    AsciiString.cached("x-forwarded-prefix"),
    AsciiString.cached("x-forwarded-server")
  };

  private static final AsciiString TRACESTATE = AsciiString.cached("tracestate");
  private static final AsciiString[] HOP_BY_HOP =
      HopByHop.NAMES.stream().map(AsciiString::cached).toArray(AsciiString[]::new);

  private HeaderRules() {}

  /// Why a request is not served, or null when it may be.
  static @Nullable ProxyFailure refusal(HttpRequest request) {
    if (!request.decoderResult().isSuccess()) {
      return undecodable(request.decoderResult().cause());
    }
    HttpVersion version = request.protocolVersion();
    if (!version.equals(HttpVersion.HTTP_1_1)
        && !version.equals(HttpVersion.HTTP_1_0)
        && !(request instanceof FieldBlock.Head)) {
      return ProxyFailure.refused(Kind.VERSION_UNSUPPORTED, "the version is " + version);
    }
    // A tunnel to anywhere; and a mirror that would show the client what the way here added, and
    // what the browser had hidden from its page (RFC 9110 §9.3.8).
    if (request.method().equals(HttpMethod.CONNECT) || request.method().equals(HttpMethod.TRACE)) {
      return ProxyFailure.refused(Kind.METHOD_REFUSED, request.method().name());
    }
    String wrong = wrongHeaders(request);
    if (wrong == null && !isTarget(request)) {
      wrong = "the target is no path, no http URL and no asterisk";
    }
    return wrong == null ? null : ProxyFailure.refused(Kind.BAD_REQUEST, wrong);
  }

  static ProxyFailure undecodable(Throwable cause) {
    String detail = String.valueOf(cause.getMessage());
    if (cause instanceof TooLongHttpLineException) {
      return ProxyFailure.refused(Kind.TARGET_TOO_LONG, detail);
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return ProxyFailure.refused(Kind.HEADERS_TOO_LARGE, detail);
    }
    return ProxyFailure.refused(Kind.BAD_REQUEST, detail);
  }

  private static @Nullable String wrongHeaders(HttpRequest request) {
    HttpHeaders headers = request.headers();
    boolean old = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
    // RFC 9112 §3.2: exactly one Host in HTTP/1.1, and never two.
    Iterator<? extends CharSequence> hosts =
        headers.valueCharSequenceIterator(HttpHeaderNames.HOST);
    if (hosts.hasNext()) {
      if (!isHost(hosts.next())) {
        return "a Host that names no host";
      }
      if (hosts.hasNext()) {
        return "more than one Host";
      }
    } else if (!old) {
      return "no Host";
    }
    // RFC 9112 §6.1 and §6.3: a coding other than a last and only "chunked" leaves the end of the
    // message to guesses, and HTTP/1.0 knows none at all.
    Iterator<? extends CharSequence> codings =
        headers.valueCharSequenceIterator(HttpHeaderNames.TRANSFER_ENCODING);
    if (codings.hasNext()) {
      if (old || !isChunked(codings.next()) || codings.hasNext()) {
        return "a transfer coding other than chunked, or in HTTP/1.0";
      }
    }
    // Netty still reads eight bytes after the head of this handshake, which nothing in the head
    // announces to the backend.
    if (headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY1)
        && headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY2)) {
      return "the handshake of a withdrawn draft of WebSocket";
    }
    return null;
  }

  /// Looks for what would make two readers see two hosts; the backend judges the rest.
  static boolean isHost(CharSequence host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c <= ' ' || c > '~' || "/@?#,\\<>\"".indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isChunked(CharSequence coding) {
    return AsciiString.contentEqualsIgnoreCase(HttpHeaderValues.CHUNKED, coding);
  }

  /// RFC 9112 §3.2: origin-form, absolute-form, or the asterisk of `OPTIONS`. Only visible ASCII,
  /// and no fragment, which no client may send and backends read differently.
  private static boolean isTarget(HttpRequest request) {
    String target = request.uri();
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c <= ' ' || c > '~' || c == '#') {
        return false;
      }
    }
    if (target.equals("*")) {
      return request.method().equals(HttpMethod.OPTIONS);
    }
    return target.startsWith("/") || namesHost(target);
  }

  /// Whether an absolute target has an authority that can stand as a Host. A user's name and
  /// password in it are an error (RFC 9110 §4.2.4).
  private static boolean namesHost(String target) {
    int from = authorityStart(target);
    return from > 0 && isHost(target.substring(from, authorityEnd(target, from)));
  }

  private static int authorityStart(String target) {
    if (target.regionMatches(true, 0, "http://", 0, 7)) {
      return target.length() > 7 && "/?".indexOf(target.charAt(7)) < 0 ? 7 : -1;
    }
    if (target.regionMatches(true, 0, "https://", 0, 8)) {
      return target.length() > 8 && "/?".indexOf(target.charAt(8)) < 0 ? 8 : -1;
    }
    return -1;
  }

  private static int authorityEnd(String target, int from) {
    int to = from;
    while (to < target.length() && target.charAt(to) != '/' && target.charAt(to) != '?') {
      to++;
    }
    return to;
  }

  /// Turns an absolute target into a path, with its authority for a Host (RFC 9112 §3.2.2). Every
  /// other target stays as it is, byte for byte.
  static void toOriginForm(HttpRequest request) {
    String target = request.uri();
    if (target.startsWith("/") || target.equals("*")) {
      return;
    }
    int from = authorityStart(target);
    int to = authorityEnd(target, from);
    request.headers().set(HttpHeaderNames.HOST, target.substring(from, to));
    String path = target.substring(to);
    if (path.isEmpty() && request.method().equals(HttpMethod.OPTIONS)) {
      request.setUri("*"); // RFC 9112 §3.2.4
    } else {
      request.setUri(path.startsWith("/") ? path : "/" + path);
    }
  }

  /// Makes a client's head into the one that goes to the backend.
  ///
  /// @param peer the address that the client's connection comes from
  /// @param secure whether that connection is one of TLS
  /// @param trusted whether the peer is a proxy whose word on the way here is taken
  static void toBackend(
      HttpRequest request,
      String id,
      RequestIds ids,
      String peer,
      boolean secure,
      boolean trusted) {
    HttpHeaders headers = request.headers();
    boolean trailers = headers.containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true);
    removeConnectionOwn(headers);
    headers.remove(HttpHeaderNames.TE);
    if (trailers) {
      // RFC 9110 §10.1.4: whoever sends TE names it in Connection.
      headers.set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderNames.TE);
    }
    removeOurOwn(headers);
    headers.set(REQUEST_ID, id);
    toldOfTheWay(request, peer, secure ? SECURE : PLAIN, trusted);
    CharSequence trace = headers.get(TRACEPARENT);
    if (trace == null || !RequestIds.isTraceparent(trace)) {
      headers.set(TRACEPARENT, ids.freshTraceparent());
      headers.remove(TRACESTATE);
    }
    if (request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
      headers.remove(HttpHeaderNames.EXPECT); // RFC 9110 §10.1.1
    }
    request.setProtocolVersion(HttpVersion.HTTP_1_1);
  }

  /// Removes what only Banyan may say.
  private static void removeOurOwn(HttpHeaders headers) {
    Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
    List<CharSequence> found = List.of();
    while (all.hasNext()) {
      CharSequence name = all.next().getKey();
      if (name.length() > OURS.length()
          && AsciiString.regionMatchesAscii(name, true, 0, OURS, 0, OURS.length())) {
        found = found.isEmpty() ? new ArrayList<>(2) : found;
        found.add(name);
      }
    }
    for (CharSequence name : found) {
      headers.remove(name);
    }
  }

  /// Says where the request came from and how (RFC 9110 §7.6.3), in place of what the client says.
  private static void toldOfTheWay(
      HttpRequest request, String peer, AsciiString scheme, boolean trusted) {
    HttpHeaders headers = request.headers();
    if (trusted) {
      WayHere.goOn(headers, peer, scheme);
      headers.add(HttpHeaderNames.VIA, via(request.protocolVersion()));
      return;
    }
    for (AsciiString name : OF_THE_WAY) {
      headers.remove(name);
    }
    headers.set(FORWARDED_FOR, peer);
    headers.set(FORWARDED_PROTO, scheme);
    CharSequence host = headers.get(HttpHeaderNames.HOST);
    headers.set(FORWARDED_HOST, host == null ? "" : host);
    headers.add(HttpHeaderNames.VIA, via(request.protocolVersion()));
  }

  /// The version is the one that the message came in.
  static AsciiString via(HttpVersion version) {
    if (version.majorVersion() == 2) {
      return VIA_2;
    }
    return version.minorVersion() == 0 ? VIA_OLD : VIA;
  }

  /// Makes a backend's head into the one that goes to the client.
  ///
  /// @param old whether the client speaks HTTP/1.0
  /// @param toHead whether the request was a `HEAD`
  /// @param keepAlive whether the connection is to stay
  /// @return whether it can stay: not where only its end can tell the end of the body
  static boolean toClient(
      HttpResponse response, String id, boolean old, boolean toHead, boolean keepAlive) {
    HttpHeaders headers = response.headers();
    removeConnectionOwn(headers);
    headers.add(HttpHeaderNames.VIA, via(response.protocolVersion()));
    response.setProtocolVersion(HttpVersion.HTTP_1_1);
    boolean stays = keepAlive;
    if (toHead || hasNoBody(response.status().code())) {
      headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
    } else if (old) {
      headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
      stays &= headers.contains(HttpHeaderNames.CONTENT_LENGTH);
    } else if (!headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    headers.set(REQUEST_ID, id);
    connection(headers, old, stays);
    return stays;
  }

  /// Says whether the connection stays, where the version does not say so by itself.
  static void connection(HttpHeaders headers, boolean old, boolean stays) {
    if (!stays) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (old) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
  }

  /// RFC 9112 §6.3: a request has a body exactly when its head says how long it is.
  static boolean hasBody(HttpRequest request) {
    return request.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
        || request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING);
  }

  /// Whether a request has a body that backends may overlook: RFC 9110 §9.3.1 and §9.3.2 give it no
  /// meaning, and a backend that leaves it unread finds it in the place of the next request.
  static boolean mayBeOverlooked(HttpRequest request) {
    return (request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD))
        && (request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
            || HttpUtil.getContentLength(request, 0L) > 0);
  }

  /// Tells the backend that no other request follows on the connection.
  static void endAfter(HttpRequest request) {
    request.headers().add(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
  }

  /// Makes a backend's 1xx head into the one that goes to the client.
  static void interimToClient(HttpResponse interim) {
    removeConnectionOwn(interim.headers());
    interim.setProtocolVersion(HttpVersion.HTTP_1_1);
  }

  /// Makes a backend's 101 into the one that goes to the client.
  static void switchToClient(HttpResponse head, String id) {
    HttpHeaders headers = head.headers();
    String protocols = String.join(", ", headers.getAll(HttpHeaderNames.UPGRADE));
    headers.add(HttpHeaderNames.VIA, via(head.protocolVersion()));
    interimToClient(head);
    headers.set(REQUEST_ID, id);
    Upgrade.mark(headers, protocols);
  }

  static boolean hasNoBody(int status) {
    return status == 204 || status == 304;
  }

  static void removeConnectionOwn(HttpHeaders headers) {
    if (headers.contains(HttpHeaderNames.CONNECTION)) {
      for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
        for (String name : HopByHop.named(value)) {
          headers.remove(name);
        }
      }
    }
    for (AsciiString name : HOP_BY_HOP) {
      headers.remove(name);
    }
  }

  /// Whether an answer is made of events that come one by one, perhaps for ever.
  static boolean isEventStream(HttpResponse response) {
    CharSequence type = response.headers().get(HttpHeaderNames.CONTENT_TYPE);
    int length = HttpHeaderValues.TEXT_EVENT_STREAM.length();
    return type != null
        && AsciiString.regionMatches(type, true, 0, HttpHeaderValues.TEXT_EVENT_STREAM, 0, length)
        && (type.length() == length || ";, \t".indexOf(type.charAt(length)) >= 0);
  }

  /// Whether a backend's answer has a coding that the gateway cannot pass on as it is.
  static boolean isFramedWell(HttpResponse response) {
    if (!response.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      return true;
    }
    List<String> codings = response.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    return codings.size() == 1
        && isChunked(codings.getFirst())
        && HttpUtil.isTransferEncodingChunked(response);
  }

  /// Removes from a request's trailers what must stand in the head to count, so that nobody merges
  /// it in behind the gateway's rules (RFC 9110 §6.5.1 and §6.5.2).
  static void trailersToBackend(HttpHeaders trailers) {
    for (String name : trailers.names()) {
      if (Trailers.isForbidden(name)) {
        trailers.remove(name);
      }
    }
  }

  /// A head's fields as they came, without those of the connection.
  static Headers captured(HttpHeaders headers) {
    List<String> named = new ArrayList<>();
    for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
      named.addAll(HopByHop.named(value));
    }
    List<Headers.Field> fields = new ArrayList<>(headers.size());
    Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
    while (all.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = all.next();
      String name = field.getKey().toString();
      if (!HopByHop.isConnectionOwn(name)
          && (named.isEmpty() || !named.contains(name.toLowerCase(Locale.ROOT)))) {
        fields.add(new Headers.Field(name, field.getValue().toString()));
      }
    }
    return new Headers(fields);
  }
}
