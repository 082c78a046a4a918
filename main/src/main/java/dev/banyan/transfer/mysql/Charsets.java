package dev.banyan.transfer.mysql;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The server's character sets by their Java names, for text that the log holds as it is stored.
final class Charsets {
  private Charsets() {}

  static boolean utf8(String charset) {
    return switch (charset) {
      case "utf8mb4", "utf8mb3", "utf8", "ascii" -> true;
      default -> false;
    };
  }

  /// Empty for one that Java does not have. The server's latin1 is Windows' with five characters
  /// more; see [#latin1].
  static Optional<Charset> of(String charset) {
    String java =
        switch (charset) {
          case "utf8mb4", "utf8mb3", "utf8" -> "UTF-8";
          case "ascii" -> "US-ASCII";
          case "latin1" -> "windows-1252";
          case "ucs2", "utf16" -> "UTF-16BE";
          case "utf16le" -> "UTF-16LE";
          case "utf32" -> "UTF-32BE";
          case "latin2" -> "ISO-8859-2";
          case "latin5" -> "ISO-8859-9";
          case "latin7" -> "ISO-8859-13";
          case "greek" -> "ISO-8859-7";
          case "hebrew" -> "ISO-8859-8";
          case "cp1250" -> "windows-1250";
          case "cp1251" -> "windows-1251";
          case "cp1256" -> "windows-1256";
          case "cp1257" -> "windows-1257";
          case "cp850" -> "IBM850";
          case "cp852" -> "IBM852";
          case "cp866" -> "IBM866";
          case "cp932", "sjis" -> "windows-31j";
          case "koi8r" -> "KOI8-R";
          case "koi8u" -> "KOI8-U";
          case "ujis", "eucjpms" -> "EUC-JP";
          case "euckr" -> "EUC-KR";
          case "gbk", "gb2312" -> "GBK";
          case "gb18030" -> "GB18030";
          case "big5" -> "Big5";
          case "tis620" -> "TIS-620";
          default -> "";
        };
    return !java.isEmpty() && Charset.isSupported(java)
        ? Optional.of(Charset.forName(java))
        : Optional.empty();
  }

  static String decode(byte[] bytes, int from, int length, Charset charset) {
    return charset.name().equals("windows-1252")
        ? latin1(bytes, from, length, charset)
        : new String(bytes, from, length, charset);
  }

  /// Five bytes that Windows leaves empty are control characters here.
  private static String latin1(byte[] bytes, int from, int length, Charset charset) {
    String text = new String(bytes, from, length, charset);
    if (text.indexOf('\ufffd') < 0) {
      return text;
    }
    String plain = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    StringBuilder mended = new StringBuilder(text);
    for (int i = 0; i < mended.length(); i++) {
      if (mended.charAt(i) == '\ufffd') {
        mended.setCharAt(i, plain.charAt(i));
      }
    }
    return mended.toString();
  }
}
