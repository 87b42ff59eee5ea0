// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel module that goes wrong, in one way for each of its functions hurt_...(). It is built
 * without the kernel's headers, for any of 6.1 to 7.3: what differs between them (struct module,
 * struct bug_entry) is put in when it is loaded (check/fixtures/hurt.c), and the exported functions
 * that it calls have looked the same in all of them.
 *
 * A function that returns ends with -ECANCELED, so that the kernel drops the module at once.
 */
#define ECANCELED         125
#define ETIME             62
/* refcount_warn_saturate(): a reference that was leaked. */
#define REFCOUNT_DEC_LEAK 4
#define NO_NODE           (-1)
#define WAIT_MS           10000

struct task_struct;

/* Larger than the kernel's, whose second word is the state. */
struct tasklet {
	unsigned long words[16];
};

#define STATE            1
#define IS_SCHEDULED_BIT 1UL

void panic(const char *fmt, ...) __attribute__((noreturn));
void msleep(unsigned int ms);
void refcount_warn_saturate(int *refcount, int how);
void smp_call_function(void (*function)(void *), void *argument, int wait);
void tasklet_setup(struct tasklet *tasklet, void (*callback)(struct tasklet *));
void __tasklet_schedule(struct tasklet *tasklet);
void tasklet_kill(struct tasklet *tasklet);
int wake_up_process(struct task_struct *task);
struct task_struct *kthread_create_on_node(int (*function)(void *), void *argument, int node,
					   const char *name, ...);

int hurt_warning(void);
int hurt_softirq_warning(void);
int hurt_softirq_warning_once(void);
int hurt_thread_oops(void);
int hurt_interrupt_panic(void);
int hurt_spin(void);
int hurt_hang(void);

#define MODINFO(name, text) \
	static const char name[] __attribute__((section(".modinfo"), used, aligned(1))) = text

MODINFO(license, "license=GPL");
MODINFO(name, "name=hurt");
MODINFO(depends, "depends=");
MODINFO(retpoline, "retpoline=Y");

/* The loader gives this section its size, and puts the pointer where it belongs. */
static int (*this_module[])(void) __attribute__((section(".gnu.linkonce.this_module"), used)) = {
	hurt_warning,
};

static struct tasklet tasklet;
static volatile int is_done;
static int *volatile nowhere;

/*
 * What WARN() is made of: an instruction that traps, and an entry that says where it stands. Of the
 * entry only the pointers are here, in an order that the loader knows.
 */
static __attribute__((noinline)) void warn(void)
{
	asm volatile("1:\tud2\n"
		     "\t.pushsection __bug_table, \"aw\"\n"
		     "\t.long 1b - .\n"
		     "\t.long 2f - .\n"
		     "\t.long 3f - .\n"
		     "\t.popsection\n"
		     "\t.pushsection .rodata\n"
		     "2:\t.asciz \"check/hurt_module.c\"\n"
		     "3:\t.asciz \"a warning on purpose\\n\"\n"
		     "\t.popsection\n");
}

static void relax(void)
{
	asm volatile("pause" ::: "memory");
}

int hurt_warning(void)
{
	warn();
	return -ECANCELED;
}

static void warn_in_softirq(struct tasklet *of)
{
	warn();
	is_done = 1;
}

static void warn_once_in_softirq(struct tasklet *of)
{
	int refcount = 0;

	refcount_warn_saturate(&refcount, REFCOUNT_DEC_LEAK);
	is_done = 1;
}

static void schedule(void *of)
{
	if (__atomic_fetch_or(&tasklet.words[STATE], IS_SCHEDULED_BIT, __ATOMIC_SEQ_CST) &
	    IS_SCHEDULED_BIT)
		return;
	__tasklet_schedule(&tasklet);
}

/* On another CPU, when it returns from an interrupt: its task has nothing to do with it. */
static int run_in_softirq(void (*callback)(struct tasklet *))
{
	int waited_ms;

	tasklet_setup(&tasklet, callback);
	smp_call_function(schedule, &tasklet, 1);
	for (waited_ms = 0; !is_done && waited_ms < WAIT_MS; waited_ms++)
		msleep(1);
	tasklet_kill(&tasklet);
	return is_done ? -ECANCELED : -ETIME;
}

int hurt_softirq_warning(void)
{
	return run_in_softirq(warn_in_softirq);
}

/* The second in a boot is silent, unless the kernel is told to forget the first. */
int hurt_softirq_warning_once(void)
{
	return run_in_softirq(warn_once_in_softirq);
}

static int follow_null(void *of)
{
	*nowhere = 0;
	return 0;
}

int hurt_thread_oops(void)
{
	wake_up_process(kthread_create_on_node(follow_null, 0, NO_NODE, "hurt_thread"));
	msleep(WAIT_MS);
	return -ETIME;
}

static void panic_here(void *of)
{
	panic("hurt by an interrupt");
}

int hurt_interrupt_panic(void)
{
	smp_call_function(panic_here, 0, 0);
	msleep(WAIT_MS);
	return -ETIME;
}

/* No signal reaches it. */
int hurt_spin(void)
{
	for (;;)
		relax();
}

/* A function of its own on each CPU, for the log to name. */
static __attribute__((noinline)) void spin_without_interrupts(void *of)
{
	asm volatile("cli");
	for (;;)
		relax();
}

/* No CPU takes an interrupt any more: nothing in this kernel can notice. */
int hurt_hang(void)
{
	smp_call_function(spin_without_interrupts, 0, 0);
	spin_without_interrupts(0);
	return -ETIME;
}
