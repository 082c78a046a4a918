package dev.banyan.proxy.transport;

import dev.banyan.proxy.ProxyFailure;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;

/// The client's half of one request: the connection of HTTP/1.1 that it came on, or its stream of
/// HTTP/2. Everything is called on its event loop.
///
/// A request ends by exactly one of [#finished], [#switched], [#refuse], [#answerProblem] and
/// [#breakOff].
interface ClientSide {
  /// There may be more room, or less, for the request's body: reads on or stops.
  void readingMayChange();

  boolean isWritable();

  /// A 1xx answer, with the final one still to come. It is left out where the client knows none.
  void interim(HttpResponse interim);

  /// The head of the answer as the backend sent it; what belongs to the backend's connection is
  /// removed here, and what belongs to the client's is added.
  void answer(HttpResponse head, String id);

  void write(HttpContent content);

  /// The end of the answer, all that was written before it included, goes out at once.
  void writeLast(HttpContent last);

  void flush();

  /// Passes on a 101; what follows on the connection is not HTTP.
  ///
  /// @return the connection, which is the caller's from now on
  default Channel switched(HttpResponse head, String id) {
    throw new IllegalStateException("only a connection of HTTP/1.1 can be upgraded");
  }

  /// The request under way is answered.
  ///
  /// @param requestComplete whether all of the request had come
  void finished(boolean requestComplete);

  /// Refuses a request in the middle of its body.
  void refuse(ProxyFailure failure, String id);

  /// Answers the request under way with an error of the gateway's own.
  ///
  /// @param requestComplete whether all of the request had come, or it has no body
  void answerProblem(ProxyFailure failure, String id, boolean requestComplete);

  /// The answer under way cannot be finished: it ends so that nobody takes its part for the whole.
  void breakOff();
}
