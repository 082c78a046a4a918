/// The gateway's sockets: the only package that sees Netty.
///
/// The life of a request, in call order:
///
/// 1. [Gateway] accepts the connection, [Doors] let it in or turn it away, and it is given to one
///    event loop, with that loop's [Worker]. [Front] gives it its handlers: [FirstBytes] or, behind
///    TLS, [AgreedProtocol] tells HTTP/1.1 from HTTP/2. [ShownCertificate] is what TLS shows.
/// 2. [RequestDecoder] reads requests, and refuses what two readers could take for two messages.
/// 3. [ClientConnection] takes the request's head as soon as it is there, one request after the
///    other; [Intake] and [HeaderRules] refuse it or make it ready for the backend, [WayHere] with
///    what trusted proxies say. The routing table is read once, and the decision stands.
///    [ClientTimer] is how long the client may take for all of that. In HTTP/2 [ClientStreams] is
///    the connection, [FieldBlock] judges a request's fields, and [ClientStream] is the client's
///    side of one request.
/// 4. [InFlight] is the request from then on. It asks for a connection and relays both ways. A
///    write of a family whose sides each have data of their own is an [OwnedWrite] as well, and may
///    have to wait in [Hold] first.
/// 5. [Pools] and [UpstreamPool] find a kept connection, have a [Connector] make one, or let the
///    request wait. [BackendTls] secures it; [SharedConnections] are those of HTTP/2.
/// 6. [UpstreamConnection] sends the request and hands the answer back piece by piece; of HTTP/2,
///    [UpstreamStream] on a [MultiplexedConnection] does, and [Http2Messages] translates. A full
///    buffer on one side stops the reading on the other. [Deadlines] watches the backend's silence.
/// 7. [Tap] keeps references to what passes by, if the request is sampled for comparison.
/// 8. [HeldAnswer] is a candidate's 5xx put aside while the legacy is asked instead.
/// 9. [Upgrade] says what may be offered in place of HTTP. Where a backend agrees, the request ends
///    as a [Tunnel]: the codecs leave both connections, and bytes pass as they are.
///
/// Everything of one request happens on one thread. [SecondLegClient] is apart: it sends shadow
/// legs from a thread and pools of its own, so that they cannot stand in a client's way.
@NullMarked
package dev.banyan.proxy.transport;

import org.jspecify.annotations.NullMarked;
