package dev.banyan.parity;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// One word and the places in it whose characters are to be exchanged, each for one of its own
/// [Alphabet].
///
/// Fewer than sixteen places are permuted by a Feistel network over them, keyed by HMAC-SHA-256, so
/// that different words of one form have different tokens, and none is its own. More are drawn from
/// HMAC-SHA-256 of the word: two of them are never met with one token either, and not even the key
/// turns a token back into its word. Used by one thread.
final class Token {
  private static final int ROUNDS = 4;

  /// So many characters have more values than there are words in the world.
  private static final int ONE_WAY = 16;

  private static final int REPLACEMENT = 0xfffd;

  private static final Pattern JWT_PART = Pattern.compile("[A-Za-z0-9_-]+…?");
  private static final Pattern HEXADECIMAL = Pattern.compile("[0-9a-f-]{8,}|[0-9A-F-]{8,}");
  private static final Pattern DRAWN = Pattern.compile("[A-Za-z0-9+_.~-]{12,}…?");

  private final int[] characters;
  private final List<Integer> places = new ArrayList<>();
  private final List<Alphabet> alphabets = new ArrayList<>();

  private Token(String word) {
    characters = word.codePoints().toArray();
  }

  /// @param word without blanks
  /// @param json whether backslashes begin escapes of JSON in it
  static Token of(String word, boolean json) {
    Token token = new Token(word);
    Alphabet all = common(word);
    boolean date = VolatileClass.ISO.matcher(word).matches();
    int i = 0;
    while (i < token.characters.length) {
      int c = token.characters[i];
      int escape = c == '%' ? 2 : c == '\\' && json ? token.escaped(i) : 0;
      if (escape > 0 && i + escape < token.characters.length) {
        i = c == '%' ? token.percent(i) : token.backslash(i, escape);
      } else {
        token.place(i, all != null && all.has(c) ? all : date && c > '9' ? null : Alphabet.of(c));
        i++;
      }
    }
    return token;
  }

  /// A part of a JSON Web Token.
  static Token ofJwtPart(String part) {
    Token token = new Token(part);
    // `{"` in base64: says no more than that it is one
    int from = part.startsWith("eyJ") ? 3 : 0;
    for (int i = from; i < token.characters.length; i++) {
      boolean cut = token.characters[i] == '…';
      token.place(i, cut ? null : Alphabet.BASE64_URL);
    }
    return token;
  }

  static boolean isJwtPart(String part) {
    return part.isEmpty() || JWT_PART.matcher(part).matches();
  }

  /// The alphabet of a word that was drawn at random, whose letters and digits are of one kind.
  private static @Nullable Alphabet common(String word) {
    boolean digit = word.chars().anyMatch(c -> Alphabet.DIGITS.has(c));
    boolean lower = word.chars().anyMatch(c -> Alphabet.LOWER.has(c));
    boolean upper = word.chars().anyMatch(c -> Alphabet.UPPER.has(c));
    if (digit && lower != upper && HEXADECIMAL.matcher(word).matches()) {
      return lower ? Alphabet.HEX : Alphabet.UPPER_HEX;
    }
    return digit && lower && upper && DRAWN.matcher(word).matches() ? Alphabet.MIXED : null;
  }

  private void place(int at, @Nullable Alphabet alphabet) {
    if (alphabet != null) {
      places.add(at);
      alphabets.add(alphabet);
    } else if (Alphabet.isAlone(characters[at])) {
      characters[at] = REPLACEMENT;
    }
  }

  /// How many characters belong to the backslash before them.
  private int escaped(int at) {
    boolean behind = at + 1 < characters.length;
    return !behind
        ? 0
        : characters[at + 1] == 'u' ? 5 : "\"\\/bfnrt".indexOf(characters[at + 1]) >= 0 ? 1 : 0;
  }

  private int backslash(int at, int length) {
    if (length > 1) {
      hexadecimal(at + 2, at + 1 + length);
    }
    return at + 1 + length;
  }

  /// An escape stays as it is where it stands for a mark, and is made another one where it stands
  /// for a letter.
  private int percent(int at) {
    int high = Character.digit(characters[at + 1], 16);
    int low = Character.digit(characters[at + 2], 16);
    if (high < 0 || low < 0) {
      return at + 1;
    }
    int decoded = high * 16 + low;
    if (decoded >= 0x80 || Alphabet.of(decoded) != null) {
      hexadecimal(at + 1, at + 3);
    }
    return at + 3;
  }

  private void hexadecimal(int from, int to) {
    boolean upper = false;
    for (int i = from; i < to; i++) {
      upper |= Alphabet.UPPER.has(characters[i]);
    }
    Alphabet all = upper ? Alphabet.UPPER_HEX : Alphabet.HEX;
    for (int i = from; i < to; i++) {
      place(i, all.has(characters[i]) ? all : Alphabet.of(characters[i]));
    }
  }

  /// Whether it is so short, and of letters only, that its token would soon be known by how often
  /// it comes.
  boolean isShortWord() {
    return places.size() <= 3 && alphabets.stream().noneMatch(each -> each == Alphabet.DIGITS);
  }

  /// The token.
  ///
  /// @param context what the token depends on beside the word and the key; empty for a word whose
  ///   tokens are to be equal wherever it stands
  String under(SecretKeySpec key, String context) {
    Stream stream = new Stream(key, pattern() + '|' + context);
    if (places.size() == 1) {
      int radix = alphabets.getFirst().size();
      // never by nothing, or the only character would show
      shift(0, 1 + Math.floorMod(stream.bytes(0, "", 1)[0], radix - 1));
    } else if (!places.isEmpty()) {
      boolean number = isNumber();
      boolean zero = number && first() == '0';
      do {
        // a number that begins with a zero is none; walking on keeps tokens as different as words
        if (places.size() < ONE_WAY) {
          permute(stream);
        } else {
          draw(stream);
        }
      } while (number && zero != (first() == '0'));
    }
    return new String(characters, 0, characters.length);
  }

  private int first() {
    return characters[places.getFirst()];
  }

  private boolean isNumber() {
    int first = places.getFirst();
    return alphabets.getFirst() == Alphabet.DIGITS
        && alphabets.get(1) == Alphabet.DIGITS
        && places.get(1) == first + 1
        && (first == 0 || !Character.isLetterOrDigit(characters[first - 1]));
  }

  /// Back through the network, one step on, and through it again: one long cycle of all words of
  /// the form, so that no word is its own token.
  private void permute(Stream stream) {
    for (int round = ROUNDS - 1; round >= 0; round--) {
      round(stream, round, -1);
    }
    step();
    for (int round = 0; round < ROUNDS; round++) {
      round(stream, round, 1);
    }
  }

  private void round(Stream stream, int round, int sign) {
    int half = places.size() / 2;
    boolean left = round % 2 == 0;
    int from = left ? 0 : half;
    int to = left ? half : places.size();
    shift(from, to, stream, round, said(left ? half : 0, left ? places.size() : half), sign);
  }

  private void step() {
    for (int i = places.size() - 1; i >= 0; i--) {
      shift(i, 1);
      if (alphabets.get(i).index(characters[places.get(i)]) != 0) {
        return;
      }
    }
  }

  private void draw(Stream stream) {
    shift(0, places.size(), stream, ROUNDS, said(0, places.size()), 1);
  }

  private void shift(int from, int to, Stream stream, int round, String other, int sign) {
    byte[] shifts = stream.bytes(round, other, 2 * (to - from));
    for (int i = from; i < to; i++) {
      int at = 2 * (i - from);
      shift(i, sign * ((shifts[at] & 0xff) << 8 | (shifts[at + 1] & 0xff)));
    }
  }

  private void shift(int place, int by) {
    Alphabet alphabet = alphabets.get(place);
    int at = places.get(place);
    characters[at] =
        alphabet.at(Math.floorMod(alphabet.index(characters[at]) + by, alphabet.size()));
  }

  /// The kinds of its characters: words of one pattern are each other's tokens.
  private String pattern() {
    StringBuilder pattern = new StringBuilder();
    alphabets.forEach(each -> pattern.appendCodePoint(each.at(0)).append(each.size()).append(' '));
    return pattern.toString();
  }

  private String said(int from, int to) {
    StringBuilder said = new StringBuilder(to - from);
    for (int i = from; i < to; i++) {
      said.appendCodePoint(characters[places.get(i)]);
    }
    return said.toString();
  }

  /// Bytes that only the key's holder can foretell.
  private record Stream(SecretKeySpec key, String tweak) {
    byte[] bytes(int round, String input, int length) {
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(key);
        byte[] stream = new byte[length];
        for (int at = 0; at < length; at += mac.getMacLength()) {
          String block = tweak + '|' + round + '|' + at + '|' + input;
          byte[] bytes = mac.doFinal(block.getBytes(StandardCharsets.UTF_8));
          System.arraycopy(bytes, 0, stream, at, Math.min(bytes.length, length - at));
        }
        return stream;
      } catch (NoSuchAlgorithmException | InvalidKeyException e) {
        throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
      }
    }
  }
}
