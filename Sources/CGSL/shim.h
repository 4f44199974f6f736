// Headers of the GNU Scientific Library. No pkg-config: it would add -lgslcblas, and GSL's BLAS calls
// would no longer bind to OpenBLAS (COpenBLAS links it).
#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <gsl/gsl_version.h>

// GSL's algorithm constants are mutable C globals; these accessors are safe to call from any thread.
static inline const gsl_odeiv2_step_type *cgsl_step_rk8pd(void) { return gsl_odeiv2_step_rk8pd; }
static inline const char *cgsl_version(void) { return gsl_version; }
