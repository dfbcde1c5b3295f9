// Cuts a mounted file system off as a power failure does: shutdown_fs FOLDER. What was
// not written back is lost, its own journal is not flushed. Needs root.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

#define SHUTDOWN _IOR('X', 125, uint32_t)  // of ext4, xfs and f2fs alike
enum { WITHOUT_FLUSH = 2 };

int main(int argc, char **argv) {
  uint32_t how = WITHOUT_FLUSH;
  int folder = argc == 2 ? open(argv[1], O_RDONLY) : -1;
  if (folder < 0 || ioctl(folder, SHUTDOWN, &how)) {
    perror("shutdown_fs");
    return 1;
  }
  return 0;
}
