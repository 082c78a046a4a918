package dev.banyan.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:8080", "localhost:0", "[::1]:80", "a-b.example:65535"})
  void isWrittenAsItWasRead(String text) {
    assertThat(HostPort.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "80", ":80", "a:", "a:65536", "::1:80", "a:b", "a b:80", "a:-1"})
  void refusesWhatIsNoHostAndPort(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> HostPort.parse(text));
  }

  @Test
  void knowsLoopbackByTheText() {
    assertThat(HostPort.parse("127.9.0.1:1").loopback()).isTrue();
    assertThat(HostPort.parse("LOCALHOST:1").loopback()).isTrue();
    assertThat(HostPort.parse("[::1]:1").loopback()).isTrue();
    assertThat(HostPort.parse("127.0.0.1.example:1").loopback()).isFalse();
    assertThat(HostPort.parse("0.0.0.0:1").loopback()).isFalse();
    assertThat(HostPort.parse("[::]:1").loopback()).isFalse();
  }

  @Test
  void collidesWithTheSamePortOnTheSameOrOnEveryAddress() {
    HostPort one = HostPort.parse("127.0.0.1:80");
    assertThat(one.collidesWith(one)).isTrue();
    assertThat(one.collidesWith(HostPort.parse("0.0.0.0:80"))).isTrue();
    assertThat(HostPort.parse("[::]:80").collidesWith(one)).isTrue();
    assertThat(one.collidesWith(HostPort.parse("127.0.0.2:80"))).isFalse();
    assertThat(one.collidesWith(HostPort.parse("127.0.0.1:81"))).isFalse();
    HostPort any = HostPort.parse("127.0.0.1:0");
    assertThat(any.collidesWith(any)).isFalse();
  }
}
