# SPDX-License-Identifier: GPL-2.0-only
#
# The suite, built, with all that it needs. A run boots a VM, and needs no privileges:
#
#   docker build -t bpf-selftests .
#   docker run --rm bpf-selftests
#   docker run --rm --device /dev/kvm bpf-selftests ./vmtest -k 6.12 -- ./test_progs -j
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git make
WORKDIR /bpf-selftests
COPY . .
# What `make run` does before it boots: packages, build, the pinned kernel.
RUN scripts/deps.sh && make -j"$(nproc)" && ./vmtest --fetch-only
CMD ["make", "run"]
