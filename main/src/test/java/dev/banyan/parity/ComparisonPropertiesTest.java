package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Verdict;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Numbers, escapes, duplicate keys and arrays made at random. A failure names the seed; run again
/// with `-Dseed=` to see it again.
class ComparisonPropertiesTest {

  private static final int CASES = 10_000;

  private static void forAll(Consumer<Random> property) {
    long first = Long.getLong("seed", new Random().nextLong());
    for (int i = 0; i < CASES; i++) {
      long seed = first + i;
      try {
        property.accept(new Random(seed));
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static List<Difference> differences(String legacy, String candidate) {
    return Answers.differences(Comparison.of().json(legacy, candidate));
  }

  @Test
  void twoNumbersDifferInValueExactlyWhereTheirDecimalsDo() {
    forAll(random -> {
      String left = number(random);
      String right = random.nextBoolean() ? respelled(left, random) : number(random);
      boolean equal = new BigDecimal(left).compareTo(new BigDecimal(right)) == 0;
      List<Difference> found = differences("[" + left + "]", "[" + right + "]");
      if (left.equals(right)) {
        assertThat(found).isEmpty();
      } else {
        assertThat(found)
            .as(left + " and " + right)
            .singleElement()
            .extracting(Difference::kind)
            .isEqualTo(equal ? Difference.Kind.SPELLING : Difference.Kind.VALUE);
      }
    });
  }

  private static String number(Random random) {
    StringBuilder number = new StringBuilder(random.nextBoolean() ? "-" : "");
    number.append(random.nextInt(4) == 0 ? "0" : String.valueOf(1 + random.nextInt(120)));
    if (random.nextBoolean()) {
      number.append('.').append(random.nextInt(3) == 0 ? "0" : "0" + random.nextInt(50));
    }
    if (random.nextInt(3) == 0) {
      number.append(random.nextBoolean() ? "e" : "E").append(random.nextInt(9) - 4);
    }
    return number.toString();
  }

  private static String respelled(String number, Random random) {
    BigDecimal value = new BigDecimal(number);
    return switch (random.nextInt(3)) {
      case 0 -> value.toPlainString();
      case 1 -> value.unscaledValue() + "e" + -value.scale();
      default -> value.setScale(Math.max(0, value.scale()) + 2).toPlainString();
    };
  }

  @Test
  void aStringEqualsItselfHoweverItIsEscapedAndNoOther() {
    forAll(random -> {
      String text = text(random);
      String left = escaped(text, random);
      assertThat(Comparison.of().json(left, escaped(text, random)))
          .as(left)
          .isEqualTo(new Verdict.Match());
      String other = text + (char) ('a' + random.nextInt(26));
      assertThat(differences(left, escaped(other, random)))
          .singleElement()
          .extracting(Difference::kind)
          .isEqualTo(Difference.Kind.VALUE);
    });
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(12);
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(
          switch (random.nextInt(5)) {
            case 0 -> "\"\\/\b\f\n\r\t".charAt(random.nextInt(8));
            case 1 -> 0xe0 + random.nextInt(0x200);
            case 2 -> 0x1f600 + random.nextInt(64);
            default -> ' ' + random.nextInt(0x5f);
          });
    }
    return text.toString();
  }

  private static String escaped(String text, Random random) {
    StringBuilder escaped = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // half a pair can only be written as an escape, so both halves are or none is
      boolean must = c < 0x20 || c == '"' || c == '\\';
      if (must || (!Character.isSurrogate(c) && random.nextInt(4) == 0)) {
        String digits = String.format("%04x", (int) c);
        escaped
            .append("\\u")
            .append(random.nextBoolean() ? digits : digits.toUpperCase(Locale.ROOT));
      } else {
        escaped.append(c);
      }
    }
    return escaped.append('"').toString();
  }

  @Test
  void anObjectWithDuplicateKeysMatchesOnlyTheSameMembers() {
    forAll(random -> {
      List<String> members = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(6); i++) {
        members.add("\"k" + random.nextInt(3) + "\":" + random.nextInt(3));
      }
      String object = "{" + String.join(",", members) + "}";
      assertThat(Comparison.of().json(object, object.replace(",", " , ")))
          .isEqualTo(new Verdict.Match());
      members.add(random.nextInt(members.size() + 1), "\"k0\":9");
      assertThat(differences(object, "{" + String.join(",", members) + "}")).isNotEmpty();
    });
  }

  @Test
  void shufflingIsOneDifferenceOfOrderAndAChangeIsOneOfValue() {
    forAll(random -> {
      List<String> elements = new ArrayList<>();
      for (int i = 0; i < 2 + random.nextInt(8); i++) {
        elements.add("{\"id\":" + i + ",\"v\":" + random.nextInt(5) + "}");
      }
      List<String> shuffled = new ArrayList<>(elements);
      Collections.shuffle(shuffled, random);
      boolean moved = !shuffled.equals(elements);
      int changed = random.nextInt(shuffled.size());
      shuffled.set(changed, shuffled.get(changed).replaceFirst("\"v\":.", "\"v\":77"));
      assertThat(
              differences(elements.toString(), shuffled.toString()).stream().map(Difference::kind))
          .containsExactlyElementsOf(
              moved
                  ? List.of(Difference.Kind.VALUE, Difference.Kind.ORDER)
                  : List.of(Difference.Kind.VALUE));
    });
  }
}
