import { TLSSocket } from 'node:tls'
import { AdapterError } from '@stayward/core/adapter'
import type { buildConnector } from 'undici'
import { BlockedAddress, type SiteLeave } from './addresses.ts'

/** The device's certificate is not the one that is believed. The socket was ended, and nothing was sent. */
class StrangeCertificate extends Error {
  override name = 'StrangeCertificate'
  readonly code = 'CERT_NOT_BELIEVED'
  /** SHA-256, as certificate viewers write it; nothing when the socket was not encrypted. */
  readonly seen: string | undefined
  readonly wanted: boolean

  constructor(seen: string | undefined, wanted: boolean) {
    super('the certificate is not the one that is believed')
    this.seen = seen
    this.wanted = wanted
  }
}

/** Hands on only sockets that show this certificate; without one, those that a public authority vouches for. */
export function checkCertificate(
  connect: buildConnector.connector,
  certificate: string | undefined,
): buildConnector.connector {
  return (options, answer) => {
    connect(options, (...connected) => {
      const [error, socket] = connected
      if (error !== null) return answer(error, null)
      const isTls = socket instanceof TLSSocket
      const seen = isTls ? socket.getPeerX509Certificate()?.fingerprint256 : undefined
      const isBelieved =
        certificate === undefined ? isTls && socket.authorized : seen !== undefined && plain(seen) === certificate
      if (isBelieved) return answer(null, socket)
      socket.destroy()
      answer(new StrangeCertificate(seen, certificate !== undefined), null)
    })
  }
}

const plain = (fingerprint: string) => fingerprint.replaceAll(':', '').toLowerCase()

/** What stood between the hub and a site, with what a person does about it; other errors as they are. */
export function explained(error: unknown, { connection, networks }: SiteLeave): unknown {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof BlockedAddress) {
      const opened = networks.length === 0 ? 'No network is opened to it' : `Opened to it: ${networks.join(', ')}`
      return new AdapterError('refused', 'The address lies in a private network that this connection may not reach.', {
        remedy:
          `${opened}. Whoever runs this hub opens one to this connection alone, and starts the hub anew: ` +
          `STAYWARD_PRIVATE_NETWORKS=${connection}=192.168.1.0/24 (with your own network).`,
      })
    }
    if (at instanceof StrangeCertificate) return strange(at)
  }
  return error
}

function strange({ seen = 'none', wanted }: StrangeCertificate): AdapterError {
  const compare = "Look at the certificate on the device's own page, in the same room if you can."
  return wanted
    ? new AdapterError(
        'auth',
        `The device shows another certificate than this connection names. Its fingerprint (SHA-256): ${seen}`,
        {
          remedy:
            `Was the device replaced, reset, or its certificate renewed? ${compare} If the fingerprint is the same, put it ` +
            'into the connection. If not, somebody stands between the hub and the device. Nothing was sent.',
        },
      )
    : new AdapterError(
        'auth',
        `No public authority vouches for the certificate of this device. Its fingerprint (SHA-256): ${seen}`,
        { remedy: `${compare} If the fingerprint is the same, put it into the connection. Nothing was sent.` },
      )
}
