package dev.banyan.cli;

import dev.banyan.exchange.Headers;
import dev.banyan.migration.Severity;
import dev.banyan.requests.Format;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// How the values of `banyan compare`'s options are written.
final class CompareWords {
  private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,8})(ms|s|m|h)");

  /// A field name of RFC 9110, section 5.6.2, and a value without line ends and other controls.
  private static final Pattern HEADER =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\\x20-\\x7e\\x80-\\xff]*?)[ \t]*");

  private CompareWords() {}

  private static <T> T word(T[] all, Function<T, String> word, String typed) {
    return Arrays.stream(all)
        .filter(each -> word.apply(each).equals(typed.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() ->
            new TypeConversionException(
                "'"
                    + typed
                    + "' is none of "
                    + Arrays.stream(all).map(word).collect(Collectors.joining(", "))));
  }

  static final class OfFormat implements ITypeConverter<Format> {
    @Override
    public Format convert(String typed) {
      return word(Format.values(), Format::word, typed);
    }
  }

  static final class OfSeverity implements ITypeConverter<Severity> {
    @Override
    public Severity convert(String typed) {
      return word(Severity.values(), Severity::word, typed);
    }
  }

  static final class OfLimit implements ITypeConverter<Long> {
    @Override
    public Long convert(String typed) {
      try {
        long number = Long.parseLong(typed);
        if (number > 0) {
          return number;
        }
      } catch (NumberFormatException e) {
        throw notANumber(typed);
      }
      throw notANumber(typed);
    }

    private static TypeConversionException notANumber(String typed) {
      return new TypeConversionException("'" + typed + "' is no whole number from 1 on");
    }
  }

  static final class OfTime implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String typed) {
      Matcher match = TIME.matcher(typed);
      if (!match.matches()) {
        throw new TypeConversionException("'" + typed + "' is no time such as 500ms, 10s or 2m");
      }
      long number = Long.parseLong(match.group(1));
      return switch (match.group(2)) {
        case "ms" -> Duration.ofMillis(number);
        case "s" -> Duration.ofSeconds(number);
        case "m" -> Duration.ofMinutes(number);
        default -> Duration.ofHours(number);
      };
    }
  }

  static final class OfHeader implements ITypeConverter<Headers.Field> {
    @Override
    public Headers.Field convert(String typed) {
      Matcher match = HEADER.matcher(typed);
      if (!match.matches()) {
        // The value may be a secret, so the message does not repeat it.
        throw new TypeConversionException("a header is written 'Name: value', on one line");
      }
      return new Headers.Field(match.group(1), match.group(2));
    }
  }
}
