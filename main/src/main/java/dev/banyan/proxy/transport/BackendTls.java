package dev.banyan.proxy.transport;

import dev.banyan.proxy.CertificateFile;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.proxy.ServiceOptions.Protocol;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How connections to a service are secured: made once for its options, away from the event loops,
/// which share it. A later connection to the same host resumes an earlier one's session.
final class BackendTls {
  private static final Logger LOG = LoggerFactory.getLogger(BackendTls.class);

  private static final int SESSIONS = 1024;
  private static final long SESSION_SECONDS = TimeUnit.HOURS.toSeconds(1);

  private final SslContext context;
  private final @Nullable String serverName;

  private BackendTls(SslContext context, @Nullable String serverName) {
    this.context = context;
    this.serverName = serverName;
  }

  /// Blocks: it may read a file.
  ///
  /// @throws UncheckedIOException if the file of certificates cannot be used, saying which and why
  static BackendTls of(ServiceOptions options, ServiceOptions.Tls tls) {
    boolean http2 = options.protocol() == Protocol.H2;
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2")
            .sessionCacheSize(SESSIONS)
            .sessionTimeout(SESSION_SECONDS)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    http2 ? ApplicationProtocolNames.HTTP_2 : ApplicationProtocolNames.HTTP_1_1));
    if (http2) {
      builder.ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE);
    }
    try {
      trust(builder, options, tls);
      return new BackendTls(builder.build(), tls.serverName());
    } catch (IOException e) {
      throw new UncheckedIOException("the service '" + options.name() + "': " + e.getMessage(), e);
    }
  }

  private static void trust(
      SslContextBuilder builder, ServiceOptions options, ServiceOptions.Tls tls)
      throws IOException {
    if (!tls.verify()) {
      LOG.warn(
          "{} is not verified (verify: false): whoever stands in between can read and change all"
              + " that goes there",
          options.name());
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
      builder.endpointIdentificationAlgorithm(null);
      return;
    }
    builder.endpointIdentificationAlgorithm("HTTPS");
    if (tls.ca() != null) {
      builder.trustManager(CertificateFile.read(tls.ca()));
    }
  }

  /// A handler for one connection to one address. It asks for the name that it verifies (SNI), but
  /// for an address written in digits, which is verified alone (RFC 6066 §3).
  SslHandler handler(ByteBufAllocator alloc, URI url) {
    String host = serverName == null ? bare(url.getHost()) : serverName;
    SslHandler handler = context.newHandler(alloc, host, port(url));
    handler.setHandshakeTimeoutMillis(0); // the attempt as a whole has its time
    return handler;
  }

  static int port(URI url) {
    if (url.getPort() >= 0) {
      return url.getPort();
    }
    return "https".equals(url.getScheme()) ? 443 : 80;
  }

  /// An IPv6 address in a URL has brackets, and nowhere else.
  static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /// What was wrong with a handshake, in words for an operator.
  static String describe(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case CertificateExpiredException expired -> {
          return "its certificate has expired (" + expired.getMessage() + ")";
        }
        case CertificateNotYetValidException early -> {
          return "its certificate is not valid yet (" + early.getMessage() + ")";
        }
        case CertPathBuilderException unknown -> {
          return "its certificate is of an unknown authority (" + unknown.getMessage() + ")";
        }
        // An authority of the same name with another key is found, and has not signed it.
        case CertPathValidatorException invalid
            when !(invalid.getCause() instanceof CertificateException) -> {
          return "its certificate is not accepted (" + invalid.getMessage() + ")";
        }
        case CertificateException wrong when wrong.getCause() == null -> {
          return "its certificate is not accepted (" + wrong.getMessage() + ")";
        }
        default -> {
          // the reason may be further down
        }
      }
    }
    String message = failure.getMessage();
    return (failure instanceof SSLException ? "the TLS handshake failed: " : "")
        + (message == null ? failure.getClass().getSimpleName() : message);
  }
}
