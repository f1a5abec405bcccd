import type { IncomingMessage } from 'node:http'

export type BodyReading =
  | { readonly is: 'whole'; readonly body: Buffer }
  /** More than the cap; `size` is how much was announced or had come. */
  | { readonly is: 'too-large'; readonly size: number }
  /** The sender hung up before the end. */
  | { readonly is: 'cut' }

/** A sender that goes on is listened to for this many bytes, so that it can read the refusal; then it is cut off. */
const mostDiscarded = 32 * 1024 * 1024

/** The raw bytes of a request, up to `cap`. Beyond it nothing is kept, and the rest is read away. */
export function readBody(req: IncomingMessage, cap: number): Promise<BodyReading> {
  return new Promise((done) => {
    const announced = Number(req.headers['content-length'] ?? 0)
    const chunks: Buffer[] = []
    let size = 0
    req.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (Math.max(size, announced) <= cap) chunks.push(chunk)
      else chunks.length = 0
      if (size > mostDiscarded) done({ is: 'too-large', size: Math.max(size, announced) })
    })
    req.once('end', () => {
      if (size > cap) done({ is: 'too-large', size })
      else if (chunks.length === 1 && chunks[0]) done({ is: 'whole', body: chunks[0] })
      else done({ is: 'whole', body: Buffer.concat(chunks) })
    })
    // After `end` these come too late to matter: a promise settles once.
    req.once('close', () => done({ is: 'cut' }))
    req.once('error', () => done({ is: 'cut' }))
  })
}
