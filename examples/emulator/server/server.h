/* The emulator on a socket of the loopback address.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_SERVER_H
#define EMULATOR_SERVER_H

#include "emulator.h"

struct emu_server;

/* port 0: any that is free. NULL if it cannot be had; errno says why. */
struct emu_server *emu_server_start(struct emulator *emulator, uint16_t port);

uint16_t emu_server_port(const struct emu_server *server);

/* Serves until `stop_fd` can be read. */
int emu_server_run(struct emu_server *server, int stop_fd);

void emu_server_stop(struct emu_server *server);

#endif
