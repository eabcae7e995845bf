import os
import socket
import unittest

from asynctest.clock._transit import Flow
from asynctest.clock._unix_peers import peer_inode


@unittest.skipUnless(os.path.isdir("/proc/self/fd"), "only Linux keeps these counters")
class Flows(unittest.TestCase):
    def setUp(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.sender = socket.create_connection(listener.getsockname())
        self.receiver, _ = listener.accept()
        for each in (listener, self.sender, self.receiver):
            self.addCleanup(each.close)
            each.settimeout(5)

    def flow(self):
        return Flow.between(self.receiver, self.sender)

    def test_nothing_sent_is_nothing_under_way(self):
        self.assertFalse(self.flow().is_under_way())

    def test_what_has_arrived_is_not_under_way_whether_it_was_read_or_not(self):
        self.sender.sendall(b"x")
        self.receiver.recv(1, socket.MSG_PEEK)
        self.assertFalse(self.flow().is_under_way())
        self.receiver.recv(1)
        self.assertFalse(self.flow().is_under_way())

    def test_what_the_kernel_holds_back_is_under_way(self):
        self.sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        self.sender.sendall(b"x")
        self.assertTrue(self.flow().is_under_way())

    def test_descriptors_will_do_as_well_as_sockets(self):
        self.sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        self.sender.sendall(b"x")
        flow = Flow.between(self.receiver.fileno(), self.sender.fileno())
        self.assertTrue(flow.is_under_way())
        self.assertGreaterEqual(self.sender.fileno(), 0)

    def test_of_a_closed_socket_nothing_is_known(self):
        number = self.sender.fileno()
        self.sender.close()
        self.assertEqual(Flow.between(self.receiver, number), Flow(0, 0, 0))


@unittest.skipUnless(hasattr(socket, "AF_NETLINK"), "only Linux tells")
class Peers(unittest.TestCase):
    def test_each_half_of_a_socket_pair_leads_to_the_other(self):
        near, far = socket.socketpair()
        with near, far:
            inodes = [os.fstat(each.fileno()).st_ino for each in (near, far)]
            self.assertEqual([peer_inode(inode) for inode in inodes], inodes[::-1])

    def test_what_is_no_unix_socket_has_no_peer(self):
        self.assertEqual(peer_inode(0), 0)
        self.assertEqual(peer_inode(1), 0)
