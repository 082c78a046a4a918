package dev.banyan.proxy.transport;

import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.RefusedRequest;
import dev.banyan.proxy.StickyUnit;
import dev.banyan.routing.Decision;
import dev.banyan.routing.Route;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Takes in the requests of one client's connection, whatever version of HTTP they come in: names
/// each, judges it, decides where it goes, and makes its head ready for the backend.
final class Intake {
  private final Worker worker;
  private final Channel channel;
  private @Nullable String address;

  /// @param channel the client's connection itself
  Intake(Worker worker, Channel channel) {
    this.worker = worker;
    this.channel = channel;
  }

  /// The name that a request goes by.
  String name(HttpRequest request) {
    return worker.ids().idOr(request.headers().get(HeaderRules.REQUEST_ID));
  }

  /// Why a request is not served, or null when it may be. A refusal has been told of.
  @Nullable ProxyFailure refusal(HttpRequest request, String id) {
    ProxyFailure refusal = HeaderRules.refusal(request);
    if (refusal != null) {
      // What could not be decoded holds a method and a target that nobody sent.
      boolean read = request.decoderResult().isSuccess();
      String method = read ? request.method().name() : "";
      worker.outcomes().ended(new RefusedRequest(id, method, read ? request.uri() : "", refusal));
    }
    return refusal;
  }

  /// Takes in a request that is not refused.
  ///
  /// @param last whether the backend is told that no other request follows on its connection
  InFlight admit(ClientSide client, HttpRequest request, String id, boolean last) {
    HttpHeaders headers = request.headers();
    HeaderRules.toOriginForm(request);
    if (request.protocolVersion().equals(HttpVersion.HTTP_1_0)
        && !headers.contains(HttpHeaderNames.HOST)) {
      headers.set(HttpHeaderNames.HOST, ownAddress());
    }
    Route route = worker.table().current().match(request.method().name(), request.uri());
    Decision decision = StickyUnit.decide(route, new Unit(headers, id));
    String upgrade = Upgrade.offered(request);
    boolean secure = worker.options().tls() != null;
    HeaderRules.toBackend(request, id, worker.ids(), clientAddress(), secure);
    if (upgrade != null && worker.pools().speaksHttp1(decision.service())) {
      Upgrade.passOn(request, upgrade);
    }
    if (last) {
      HeaderRules.endAfter(request);
    }
    return new InFlight(worker, client, request, decision, id);
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
      return clientAddress();
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

  private String clientAddress() {
    String known = address;
    if (known == null) {
      known =
          channel.remoteAddress() instanceof InetSocketAddress remote
              ? remote.getAddress().getHostAddress()
              : "";
      address = known;
    }
    return known;
  }
}
