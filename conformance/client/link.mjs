// A TCP proxy in front of Hasten that can break connections.
import net from 'node:net'

export class Link {
  #server
  #sockets = new Set()
  /** How many requests get through before the next one loses its response; undefined for all. */
  #losing = false
  #lost = 0

  /** Opens a link to a port of this machine. */
  static async to(port) {
    const link = new Link()
    link.#server = net.createServer((client) => link.#connect(client, port))
    await new Promise((resolve) => link.#server.listen(0, '127.0.0.1', resolve))
    return link
  }

  get port() {
    return this.#server.address().port
  }

  /** How many connections were broken by loseNextResponse. */
  get lost() {
    return this.#lost
  }

  /** The next bytes from the server are dropped, and the connection of the client is reset. */
  loseNextResponse() {
    this.#losing = true
  }

  /** Resets all connections, as a load balancer does that restarts. */
  breakAll() {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  #connect(client, port) {
    const server = net.connect(port, '127.0.0.1')
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#sockets.delete(socket)
        for (const other of [client, server]) other.destroy()
      })
    }
    client.on('data', (bytes) => server.write(bytes))
    server.on('data', (bytes) => {
      if (this.#losing) {
        this.#losing = false
        this.#lost++
        client.resetAndDestroy()
      } else {
        client.write(bytes)
      }
    })
  }

  async close() {
    this.breakAll()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
