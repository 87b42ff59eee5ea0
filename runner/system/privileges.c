// SPDX-License-Identifier: GPL-2.0-only
/* Reads /proc/self. Changes nothing. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "runner/system/privileges.h"
#include "runner/text/text_file.h"

/* The inode of the initial user namespace, PROC_USER_INIT_INO since Linux 3.8. */
#define INITIAL_USER_NAMESPACE_INO 0xEFFFFFFDU
/* A value of "Seccomp:" in /proc/self/status. */
#define SECCOMP_FILTER             2

static const char *field_of(const char *status, const char *field)
{
	const char *at = strstr(status, field);

	return at ? at + strlen(field) : "";
}

/* AppArmor writes "unconfined" for a process without a profile. Other LSMs write a label or fail. */
static void read_confinement(char *label, size_t size_bytes)
{
	if (text_file__read_at(AT_FDCWD, "/proc/self/attr/current", label, size_bytes))
		*label = '\0';
	label[strcspn(label, "\n")] = '\0';
	if (!strncmp(label, "unconfined", strlen("unconfined")))
		*label = '\0';
}

int privileges__read(struct privileges *privileges)
{
	char status[4096];
	struct stat st;
	int seccomp = 0, err;

	*privileges = (struct privileges){};
	err = text_file__read_at(AT_FDCWD, "/proc/self/status", status, sizeof(status));
	if (err)
		return err;
	sscanf(field_of(status, "\nCapEff:"), "%" SCNx64, &privileges->capabilities);
	sscanf(field_of(status, "\nSeccomp:"), "%d", &seccomp);
	privileges->has_seccomp_filter = seccomp == SECCOMP_FILTER;
	privileges->is_in_user_namespace = !stat("/proc/self/ns/user", &st) &&
					   st.st_ino != INITIAL_USER_NAMESPACE_INO;
	read_confinement(privileges->confinement, sizeof(privileges->confinement));
	return 0;
}
