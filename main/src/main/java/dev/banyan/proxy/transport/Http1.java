package dev.banyan.proxy.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpStatusClass;
import java.nio.charset.StandardCharsets;

/// Netty's HTTP/1.1 codecs with the leniencies taken out that let two parties disagree on where a
/// message ends, and without the queues that a gateway with one request in flight does not need.
final class Http1 {
  private static final int VERSION_AND_LINE_END = 11;

  /// Bodies pass in pieces of at most this size, and of no more than what one read brought.
  private static final int PIECE = 64 * 1024;

  private Http1() {}

  /// Strict about line ends, repeated lengths and codings, and validating every name and value.
  static HttpDecoderConfig strict(int requestLine, int headerBlock) {
    return new HttpDecoderConfig()
        .setMaxInitialLineLength(requestLine)
        .setMaxHeaderSize(headerBlock)
        .setMaxChunkSize(PIECE)
        .setStrictLineParsing(true)
        .setAllowDuplicateContentLengths(false)
        .setUseRfc9112TransferEncoding(true)
        .setValidateHeaders(true);
  }

  /// RFC 9112 §6.3 lets a recipient refuse a message with both a length and a transfer coding;
  /// Netty would drop the length and go on.
  static IllegalArgumentException twoLengths() {
    return new IllegalArgumentException("both Content-Length and Transfer-Encoding");
  }

  private static boolean isInterim(HttpResponse response) {
    return response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
  }

  /// Answers from backends. The answer to a `HEAD` has no body whatever its headers say, so the
  /// decoder is told which one it is waiting for.
  static final class FromBackend extends HttpResponseDecoder {
    private boolean toHead;

    FromBackend(HttpDecoderConfig config) {
      super(config);
    }

    void expectAnswer(boolean toHead) {
      this.toHead = toHead;
    }

    /// Whether bytes have been read that are not part of any answer yet.
    boolean hasMore() {
      return actualReadableBytes() > 0;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
      // Netty would read eight bytes of a withdrawn draft of WebSocket behind some heads of 101.
      return toHead || isInterim((HttpResponse) message) || super.isContentAlwaysEmpty(message);
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
      throw twoLengths();
    }
  }

  /// Requests to backends: the target goes out byte for byte as it came in.
  static final class ToBackend extends HttpRequestEncoder {
    @Override
    protected void encodeInitialLine(ByteBuf buf, HttpRequest request) {
      String method = request.method().name();
      String target = request.uri();
      buf.ensureWritable(method.length() + target.length() + 2 + VERSION_AND_LINE_END);
      ByteBufUtil.writeAscii(buf, method);
      buf.writeByte(' ');
      buf.writeCharSequence(target, StandardCharsets.ISO_8859_1);
      ByteBufUtil.writeAscii(buf, " HTTP/1.1\r\n");
    }
  }

  /// Answers to clients.
  static final class ToClient extends HttpResponseEncoder {
    private boolean toHead;

    void answering(boolean toHead) {
      this.toHead = toHead;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse response) {
      return toHead || isInterim(response) || super.isContentAlwaysEmpty(response);
    }
  }
}
