package dev.hasten.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a listening socket to new clients before the socket itself is closed. When a listening socket is closed, Linux resets the
 * connections that clients have opened and the server has not accepted yet, and their requests fail. So first, a filter makes
 * the kernel ignore attempts to connect. What was opened before can then be accepted. A client that is ignored tries again after a
 * second, and is refused then, so that a proxy uses another server.
 */
final class ListenerGate {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerGate.class);

    // Constants of Linux, from socket.h. The option's value is a struct sock_fprog: the number of instructions and
    // their address.
    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int PROGRAM_BYTES = 16;

    /**
     * Drops segments with SYN and without ACK; the filter sees a segment from its TCP header on. Each instruction is a struct
     * sock_filter of linux/filter.h: code, jump if true, jump if false, operand.
     */
    private static final int[][] FILTER = {
        {0x30, 0, 0, 13}, // load the byte with the flags
        {0x54, 0, 0, 0x12}, // keep ACK and SYN
        {0x15, 0, 1, 0x02}, // if only SYN is set
        {0x06, 0, 0, 0}, // drop
        {0x06, 0, 0, -1}, // otherwise accept
    };

    private ListenerGate() {}

    /**
     * Makes the kernel ignore attempts to connect to a listening socket of this process.
     *
     * @return whether it does; false if the channel does not use epoll, or if the kernel refuses filters
     */
    static boolean close(Channel listener) {
        if (!(listener instanceof EpollServerSocketChannel channel)) {
            return false;
        }
        ByteBuffer instructions = ByteBuffer.allocateDirect(FILTER.length * 8).order(ByteOrder.nativeOrder());
        for (int[] instruction : FILTER) {
            instructions
                    .putShort((short) instruction[0])
                    .put((byte) instruction[1])
                    .put((byte) instruction[2])
                    .putInt(instruction[3]);
        }
        ByteBuffer program = ByteBuffer.allocateDirect(PROGRAM_BYTES).order(ByteOrder.nativeOrder());
        program.putShort(0, (short) FILTER.length)
                .putLong(8, MemorySegment.ofBuffer(instructions.flip()).address());
        try {
            return channel.config()
                    .setOption(
                            new RawUnixChannelOption("SO_ATTACH_FILTER", SOL_SOCKET, SO_ATTACH_FILTER, PROGRAM_BYTES),
                            program);
        } catch (ChannelException e) {
            LOG.debug("The kernel has not accepted a filter for the listening socket", e);
            return false;
        } finally {
            // The kernel has copied them by now.
            Reference.reachabilityFence(instructions);
        }
    }
}
