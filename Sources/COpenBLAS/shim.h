// OpenBLAS's cblas.h and GSL's headers define one enum of the same name, so the BLAS interface comes from
// gsl_cblas.h (same ABI) and the rest of what is used of OpenBLAS is declared here.
#include <gsl/gsl_cblas.h>

char *openblas_get_corename(void);
void openblas_set_num_threads(int count);

// Choose the kernels anew, after OPENBLAS_CORETYPE has been set.
void gotoblas_dynamic_quit(void);
void gotoblas_dynamic_init(void);

// Singular value decomposition of a general matrix (LAPACK), column-major.
void dgesdd_(const char *jobz, const int *m, const int *n, double *a, const int *lda, double *s, double *u,
             const int *ldu, double *vt, const int *ldvt, double *work, const int *lwork, int *iwork, int *info);
