package dev.banyan.proxy.transport;

import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.Limit;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.ProxyFailure.Kind;
import dev.banyan.proxy.RefusedRequest;
import dev.banyan.proxy.StickyUnit;
import dev.banyan.proxy.TrustedProxies;
import dev.banyan.routing.Decision;
import dev.banyan.routing.Route;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Takes in the requests of one client's connection, whatever version of HTTP they come in: names
/// each, judges it, decides where it goes, and makes its head ready for the backend.
final class Intake {
  private final Worker worker;
  private final Channel channel;
  private final GatewayOptions.Limits limits;
  private final TrustedProxies trusted;
  private final boolean peerIsTrusted;
  private @Nullable String peer;

  /// Of the request that was judged last and is admitted next.
  private @Nullable Route route;

  private long decidedAt;

  /// @param channel the client's connection itself
  Intake(Worker worker, Channel channel) {
    this.worker = worker;
    this.channel = channel;
    this.limits = worker.options().limits();
    this.trusted = worker.options().trusted();
    InetAddress remote = trusted.networks().isEmpty() ? null : remote();
    this.peerIsTrusted = remote != null && trusted.contains(remote);
  }

  /// The name that a request goes by.
  ///
  /// @param request null for one that never became whole
  String name(@Nullable HttpRequest request) {
    return worker
        .ids()
        .idOr(request == null ? null : request.headers().get(HeaderRules.REQUEST_ID));
  }

  /// Why a request is not served, or null when it may be; then [#admit] follows. A refusal has been
  /// told of.
  @Nullable ProxyFailure refusal(HttpRequest request, String id) {
    ProxyFailure refusal = judge(request);
    if (refusal != null) {
      // What could not be decoded holds a method and a target that nobody sent.
      boolean read = request.decoderResult().isSuccess();
      String method = read ? request.method().name() : "";
      tell(new RefusedRequest(id, method, read ? request.uri() : "", refusal));
    }
    return refusal;
  }

  private @Nullable ProxyFailure judge(HttpRequest request) {
    ProxyFailure refusal = HeaderRules.refusal(request);
    if (refusal == null) {
      refusal = beyondLimits(request);
    }
    if (refusal != null) {
      return refusal;
    }
    HeaderRules.toOriginForm(request);
    decidedAt = worker.nanos().getAsLong();
    route = worker.table().current(decidedAt).match(request.method().name(), request.uri());
    return route != null
        ? null
        : ProxyFailure.refused(
            Kind.AMBIGUOUS_PATH, "servers may read " + request.uri() + " as another endpoint");
  }

  /// What a head alone can have too much of, whatever version of HTTP it came in.
  private @Nullable ProxyFailure beyondLimits(HttpRequest request) {
    if (request.uri().length() > limits.requestLine()) {
      return ProxyFailure.refused(Kind.TARGET_TOO_LONG, "the target is too long");
    }
    if (request.headers().size() > limits.headerCount()) {
      return ProxyFailure.refused(
          Kind.TOO_MANY_HEADERS, request.headers().size() + " header fields");
    }
    if (limits.body() > 0) {
      long announced = HttpUtil.getContentLength(request, 0L);
      if (announced > limits.body()) {
        return ProxyFailure.refused(Kind.BODY_TOO_LARGE, announced + " bytes are announced");
      }
    }
    return null;
  }

  /// Tells of a client that took too long for a request's head.
  ///
  /// @return what the client is to be told
  ProxyFailure headTooSlow(String id) {
    ProxyFailure late =
        ProxyFailure.refused(Kind.REQUEST_TIMEOUT, "no whole head within " + limits.headerTime());
    worker.outcomes().limited(Limit.HEADER_TIME);
    tell(new RefusedRequest(id, "", "", late));
    return late;
  }

  /// What a client is told that took too long for a request's body.
  ProxyFailure bodyTooSlow() {
    return ProxyFailure.refused(
        Kind.REQUEST_TIMEOUT, "the body kept the gateway waiting for " + limits.bodyTime());
  }

  private void tell(RefusedRequest refused) {
    Limit limit = Limit.behind(refused.failure().kind());
    if (limit != null) {
      worker.outcomes().limited(limit);
    }
    worker.outcomes().ended(refused);
  }

  /// Takes in a request that is not refused.
  ///
  /// @param last whether the backend is told that no other request follows on its connection
  InFlight admit(ClientSide client, HttpRequest request, String id, boolean last) {
    Route matched = route;
    if (matched == null) {
      throw new IllegalStateException("a request that was not judged, or refused");
    }
    route = null;
    HttpHeaders headers = request.headers();
    if (request.protocolVersion().equals(HttpVersion.HTTP_1_0)
        && !headers.contains(HttpHeaderNames.HOST)) {
      headers.set(HttpHeaderNames.HOST, ownAddress());
    }
    Unit source = new Unit(headers, id);
    long unit = StickyUnit.of(matched, source);
    Decision decision = StickyUnit.decide(matched, unit, source);
    boolean kept = !matched.safe() && worker.writes().keeps(matched);
    // Before the head is made ready for the backend, which may change what the unit is read from.
    long line = kept ? StickyUnit.line(matched, source) : StickyUnit.NONE;
    if (matched.isWeighted()) {
      worker.outcomes().routed(decision, unit);
    }
    String upgrade = Upgrade.offered(request);
    boolean secure = worker.options().tls() != null;
    HeaderRules.toBackend(request, id, worker.ids(), peer(), secure, peerIsTrusted);
    if (upgrade != null && worker.pools().speaksHttp1(decision.service())) {
      Upgrade.passOn(request, upgrade);
    }
    if (last) {
      HeaderRules.endAfter(request);
    }
    return new InFlight(
        worker,
        client,
        request,
        decision,
        unit,
        kept ? worker.writes().begin(decision, line) : null,
        id,
        decidedAt,
        limits.body());
  }

  private final class Unit implements StickyUnit.Source {
    private final HttpHeaders headers;
    private final String id;

    Unit(HttpHeaders headers, String id) {
      this.headers = headers;
      this.id = id;
    }

    @Override
    public @Nullable CharSequence header(String name) {
      return headers.get(name);
    }

    @Override
    public String address() {
      return peerIsTrusted
          ? trusted.clientBehind(headers.getAll(HeaderRules.FORWARDED_FOR), peer())
          : peer();
    }

    @Override
    public String id() {
      return id;
    }
  }

  /// What a client of HTTP/1.0 that names no host has called; the backend is spoken to in HTTP/1.1,
  /// which must name one (RFC 9112 §3.2 and §3.3).
  private String ownAddress() {
    return channel.localAddress() instanceof InetSocketAddress local
        ? NetUtil.toSocketAddressString(local)
        : "";
  }

  private String peer() {
    String known = peer;
    if (known == null) {
      InetAddress remote = remote();
      known = remote == null ? "" : remote.getHostAddress();
      peer = known;
    }
    return known;
  }

  private @Nullable InetAddress remote() {
    return channel.remoteAddress() instanceof InetSocketAddress remote ? remote.getAddress() : null;
  }
}
