package dev.banyan.proxy.transport;

import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.ServiceOptions;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;

/// Who asked for an upstream connection and waits for an answer on it. Everything is called on the
/// event loop of both.
///
/// In order: [#connected] or [#unavailable]; then any number of [#interim], [#head], [#content]
/// until the last one, or [#switched]. [#failed] can come at any point after [#connected] and is
/// the end.
interface UpstreamUser {
  /// Whether it no longer wants a connection that is still being made or waited for.
  boolean gone();

  void connected(UpstreamLeg connection);

  /// There will be no connection.
  void unavailable(ProxyFailure failure);

  /// A 1xx answer, with the final one still to come.
  void interim(HttpResponse head);

  void head(HttpResponse head);

  /// A piece of the body, which is the user's to release. With the last one the connection is no
  /// longer the user's.
  void content(HttpContent content, boolean last);

  /// The backend has agreed to what the request's `Upgrade` offers. The connection is no longer the
  /// user's, nor the pool's to give away.
  ///
  /// @param head the 101
  /// @param backend the connection itself, with what has been read beyond the 101 still in its
  ///   decoder
  default void switched(HttpResponse head, Channel backend, ServiceOptions service) {
    throw new IllegalStateException("a switch of protocols for a request that offers none");
  }

  /// Nothing more can be read at the moment: time to flush.
  void readComplete();

  /// The connection takes more, or no more, of the request.
  void writabilityChanged();

  void failed(ProxyFailure failure);
}
