package dev.banyan.proxy.transport;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;

/// The backend's half of one request: a connection of HTTP/1.1, or one stream of HTTP/2. Everything
/// is called on its event loop.
///
/// Who was given it sends one request, head first and the end of the body last, and lets it go when
/// the answer is whole or has failed: it goes back to its pool by itself.
interface UpstreamLeg {
  /// Sends a request's head for a user, who gets the answer.
  void begin(UpstreamUser asking, HttpRequest head);

  /// Sends a piece of the request's body, and owns it from now on.
  void send(HttpContent content);

  void flush();

  boolean isWritable();

  /// Stops reading until [#resume]: the user cannot take more at the moment.
  void pause();

  void resume();

  /// The rest of the answer goes to somebody else.
  void handTo(UpstreamUser other);

  /// Ends it without telling its user.
  void abort();
}
