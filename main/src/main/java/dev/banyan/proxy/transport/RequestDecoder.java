package dev.banyan.proxy.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpConstants;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Requests from clients: Netty's decoder, set to its strictest, without what is left of its
/// goodwill.
///
/// Beyond [Http1#strict], it refuses
///
/// - a line that goes on with the one before (RFC 9112 §5.2): readers that take it for a field of
///   its own see another message;
/// - anything but one space between the words of the request line, or before them (§3);
/// - a second `Content-Length`, which Netty overlooks in HTTP/1.0;
/// - a name that some backend takes for one of the two framing fields and Netty does not, such as
///   `Transfer_Encoding`: CGI and its heirs know no difference between the two.
///
/// Behind a request that offers an upgrade nothing is decoded until [#goOn]: only the answer tells
/// whether that is another request or another protocol.
///
/// Each byte of a head is looked at once, line by line; bodies are not looked at. After a refusal
/// nothing is read any more, as nobody knows where the next request would begin.
final class RequestDecoder extends HttpRequestDecoder {
  private static final String LENGTH_LETTERS = "contentlength";
  private static final String CODING_LETTERS = "transferencoding";

  private enum At {
    /// Only empty lines have come, which RFC 9112 §2.2 has a server skip.
    BEFORE,
    WITHIN_LINE,
    LINE_START,
    /// The head is whole, or at least all of its lines have been looked at.
    BEYOND,
    /// Something was refused.
    NOWHERE
  }

  private At at = At.BEFORE;

  /// Bytes of the head that have been looked at and are still in the buffer.
  private int looked;

  private int lengths;
  private boolean offers;

  private @Nullable ChannelHandlerContext own;

  /// Whether nothing is decoded until the request before has its answer.
  private boolean holding;

  private int wordEnd;

  RequestDecoder(HttpDecoderConfig config) {
    super(config);
  }

  /// Whether a head has begun to come and its end is still missing.
  boolean isWithinHead() {
    return at == At.WITHIN_LINE || at == At.LINE_START;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out)
      throws Exception {
    if (holding) {
      return;
    }
    String wrong = at == At.BEYOND ? null : look(buffer);
    if (at == At.NOWHERE) {
      buffer.skipBytes(buffer.readableBytes());
      if (wrong != null) {
        HttpMessage refused = createInvalidMessage();
        refused.setDecoderResult(DecoderResult.failure(new IllegalArgumentException(wrong)));
        out.add(refused);
      }
      return;
    }
    int before = buffer.readerIndex();
    super.decode(ctx, buffer, out);
    looked -= buffer.readerIndex() - before;
    if (offers && !out.isEmpty() && out.getFirst() instanceof HttpRequest request) {
      offers = false;
      holding = request.decoderResult().isSuccess() && Upgrade.offered(request) != null;
    }
    if (!out.isEmpty() && out.getLast() instanceof LastHttpContent last) {
      at = last.decoderResult().isSuccess() ? At.BEFORE : At.NOWHERE;
      looked = 0;
      lengths = 0;
    }
  }

  /// Whether bytes wait behind a request that offers an upgrade.
  boolean isHolding() {
    return holding && actualReadableBytes() > 0;
  }

  /// The offer was not taken: what is held is the next request.
  void goOn() {
    ChannelHandlerContext ctx = own;
    if (!holding || ctx == null) {
      return;
    }
    holding = false;
    if (actualReadableBytes() > 0) {
      // Not at once: this may have been called from within what is being decoded.
      ctx.executor().execute(() -> decodeHeld(ctx));
    }
  }

  private void decodeHeld(ChannelHandlerContext ctx) {
    if (ctx.isRemoved()) {
      return;
    }
    try {
      channelRead(ctx, Unpooled.EMPTY_BUFFER);
      channelReadComplete(ctx);
    } catch (Exception e) {
      ctx.fireExceptionCaught(e);
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    own = ctx;
  }

  /// Looks at what is new of a head.
  ///
  /// @return what is wrong with it, if anything
  private @Nullable String look(ByteBuf buffer) {
    int end = buffer.writerIndex();
    int index = buffer.readerIndex() + looked;
    while (index < end && at != At.BEYOND && at != At.NOWHERE) {
      if (at == At.WITHIN_LINE) {
        int lineEnd = buffer.indexOf(index, end, HttpConstants.LF);
        index = lineEnd < 0 ? end : lineEnd + 1;
        at = lineEnd < 0 ? At.WITHIN_LINE : At.LINE_START;
        continue;
      }
      byte first = buffer.getByte(index);
      boolean empty = first == HttpConstants.CR || first == HttpConstants.LF;
      if (first == HttpConstants.SP || first == HttpConstants.HT) {
        at = At.NOWHERE;
        return "a line that begins with white space";
      }
      if (empty && at == At.BEFORE) {
        index++;
      } else {
        at = empty ? At.BEYOND : At.WITHIN_LINE;
      }
    }
    looked = index - buffer.readerIndex();
    return null;
  }

  @Override
  protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
    wordEnd = start + length;
    return super.splitFirstWordInitialLine(line, start, length);
  }

  @Override
  protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
    requireOneSpace(line, start);
    wordEnd = start + length;
    return super.splitSecondWordInitialLine(line, start, length);
  }

  @Override
  protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
    requireOneSpace(line, start);
    String version = super.splitThirdWordInitialLine(line, start, length);
    if (!version.startsWith("HTTP/")) { // RFC 9112 §2.3: in capitals, which Netty does not ask for
      throw new IllegalArgumentException("a version that is not one of HTTP");
    }
    return version;
  }

  private void requireOneSpace(byte[] line, int start) {
    if (start != wordEnd + 1 || line[wordEnd] != HttpConstants.SP) {
      throw new IllegalArgumentException("a request line whose words one space does not part");
    }
  }

  @Override
  protected AsciiString splitHeaderName(byte[] line, int start, int length) {
    AsciiString name = super.splitHeaderName(line, start, length);
    if (length == HttpHeaderNames.CONTENT_LENGTH.length()
        && HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)) {
      if (++lengths > 1) {
        throw new IllegalArgumentException("more than one Content-Length");
      }
    } else if (length == HttpHeaderNames.UPGRADE.length()
        && HttpHeaderNames.UPGRADE.contentEqualsIgnoreCase(name)) {
      offers = true;
    } else if (length > LENGTH_LETTERS.length() && mayBeFraming(line[start]) && isDisguised(name)) {
      throw new IllegalArgumentException("a name that can be taken for a framing field");
    }
    return name;
  }

  private static boolean mayBeFraming(byte first) {
    int lower = first | 0x20;
    return lower == 'c' || lower == 't' || lower < 'a' || lower > 'z';
  }

  static boolean isDisguised(AsciiString name) {
    return !HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name)
        && (hasLetters(name, LENGTH_LETTERS) || hasLetters(name, CODING_LETTERS));
  }

  /// Whether a name has these letters in this order and no others.
  private static boolean hasLetters(AsciiString name, String letters) {
    int matched = 0;
    for (int i = 0; i < name.length(); i++) {
      int lower = name.byteAt(i) | 0x20;
      if (lower >= 'a' && lower <= 'z') {
        if (matched == letters.length() || lower != letters.charAt(matched)) {
          return false;
        }
        matched++;
      }
    }
    return matched == letters.length();
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw Http1.twoLengths();
  }
}
