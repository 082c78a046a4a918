package dev.banyan.parity;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import dev.banyan.exchange.Body;
import dev.banyan.exchange.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/// Undoes what `Content-Encoding` names, up to a limit of bytes.
final class ContentCoding {

  /// What undoing came to.
  sealed interface Outcome {
    record Plain(Body body) implements Outcome {}

    /// More bytes than the limit.
    record TooLong() implements Outcome {}

    /// A coding that is not known here.
    record Unknown() implements Outcome {}

    /// Bytes that the coding can not have made.
    record Broken(String why) implements Outcome {}
  }

  /// Codings one upon another; more than this is nobody's honest answer.
  private static final int LAYERS = 4;

  private ContentCoding() {}

  static Outcome undo(Response response, int limit) {
    if (response.body().length() > limit) {
      return new Outcome.TooLong();
    }
    List<String> codings = names(response);
    if (codings.isEmpty() || response.body().length() == 0) {
      return new Outcome.Plain(response.body());
    }
    if (codings.size() > LAYERS) {
      return new Outcome.Unknown();
    }
    byte[] bytes = response.body().toByteArray();
    // the last one named was put on last (RFC 9110 section 8.4)
    for (String coding : codings.reversed()) {
      try (InputStream plain = open(coding, bytes)) {
        bytes = plain.readNBytes(limit + 1);
      } catch (UnknownCoding _) {
        return new Outcome.Unknown();
      } catch (IOException e) {
        return new Outcome.Broken(coding + ", " + e.getMessage());
      }
      if (bytes.length > limit) {
        return new Outcome.TooLong();
      }
    }
    return new Outcome.Plain(Body.of(bytes));
  }

  private static final class UnknownCoding extends IOException {
    private static final long serialVersionUID = 1;
  }

  private static InputStream open(String coding, byte[] bytes) throws IOException {
    InputStream source = new ByteArrayInputStream(bytes);
    return switch (coding) {
      case "gzip", "x-gzip" -> new GZIPInputStream(source);
      case "deflate" -> new InflaterInputStream(source, new Inflater(!isZlib(bytes)));
      case "br" -> brotli(source);
      default -> throw new UnknownCoding();
    };
  }

  /// The decoder is native code, which not every platform has.
  private static InputStream brotli(InputStream source) throws IOException {
    if (!Brotli4jLoader.isAvailable()) {
      throw new UnknownCoding();
    }
    return new BrotliInputStream(source);
  }

  /// `deflate` is the zlib format (RFC 9110 section 8.4.1.2), but some send the bare stream. A zlib
  /// header names method 8, and is a multiple of 31 (RFC 1950 section 2.2).
  private static boolean isZlib(byte[] bytes) {
    return bytes.length >= 2
        && (bytes[0] & 0x0f) == 8
        && ((bytes[0] & 0xff) << 8 | (bytes[1] & 0xff)) % 31 == 0;
  }

  /// The codings in the order in which they were put on.
  static List<String> names(Response response) {
    List<String> codings = new ArrayList<>();
    for (String line : response.headers().all("content-encoding")) {
      for (String coding : line.split(",", -1)) {
        String name = coding.strip().toLowerCase(Locale.ROOT);
        if (!name.isEmpty() && !name.equals("identity")) {
          codings.add(name);
        }
      }
    }
    return codings;
  }
}
