package dev.banyan.parity;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.banyan.exchange.Request;
import java.nio.ByteBuffer;

/// Which unit of a proof a request is: who asks for what.
final class Fingerprint {
  private Fingerprint() {}

  /// The hash of a request's caller, method, target and body; [Units#ALONE] where nobody is known
  /// to have sent it.
  static long of(Request request, long caller) {
    if (caller == Units.ALONE) {
      return Units.ALONE;
    }
    HashStream64 hash = Hashing.xxh3_64().hashStream();
    hash.putLong(caller).putString(request.method()).putString(request.target());
    for (ByteBuffer piece : request.body().pieces()) {
      byte[] bytes = new byte[piece.remaining()];
      piece.get(piece.position(), bytes);
      hash.putBytes(bytes);
    }
    long unit = hash.getAsLong();
    return unit == Units.ALONE ? 1 : unit;
  }
}
