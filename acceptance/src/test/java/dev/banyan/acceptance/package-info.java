/// Drives the packaged program from outside, over real sockets, as a user would.
///
/// A test starts two [Backend]s, writes a `banyan.yaml` that names them and starts the program with
/// it ([Banyan]). It asks the gateway through raw connections ([Client]), the control plane through
/// its HTTP API ([Control]) and the commands through processes of their own ([Program]). [Ladder]
/// takes a family up to the phase that a test is about, [Load] keeps requests coming meanwhile, and
/// [Await] waits for what takes time. HTTP/2 is spoken by [Http2Client] and [GrpcService],
/// [LongLived] keeps a WebSocket and a stream of events open, [Authority] issues certificates. When
/// a test fails, [Transcripts] adds what the programs said.
///
/// Both backends of a family answer alike and tell themselves apart by the header `Server` only: of
/// all differences it is the one that no comparison may hold against the candidate.
@NullMarked
package dev.banyan.acceptance;

import org.jspecify.annotations.NullMarked;
