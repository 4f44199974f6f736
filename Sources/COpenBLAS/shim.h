// OpenBLAS's cblas.h and GSL's headers define one enum of the same name, so the BLAS interface comes from
// gsl_cblas.h (same ABI) and the rest of what is used of OpenBLAS is declared here.
#include <gsl/gsl_cblas.h>

char *openblas_get_corename(void);
void openblas_set_num_threads(int count);
// Ends the threads that the library started; a library without threads hasn't it.
int blas_thread_shutdown_(void) __attribute__((weak));
static inline void openblas_end_threads(void) {
  if (blas_thread_shutdown_) blas_thread_shutdown_();
}

// Choose the kernels anew, after OPENBLAS_CORETYPE has been set.
void gotoblas_dynamic_quit(void);
void gotoblas_dynamic_init(void);

// Singular value decomposition of a general matrix (LAPACK), column-major.
void dgesdd_(const char *jobz, const int *m, const int *n, double *a, const int *lda, double *s, double *u,
             const int *ldu, double *vt, const int *ldvt, double *work, const int *lwork, int *iwork, int *info);

// Eigenvalues of a general real matrix (LAPACK), column-major.
void dgeev_(const char *jobvl, const char *jobvr, const int *n, double *a, const int *lda, double *wr, double *wi,
            double *vl, const int *ldvl, double *vr, const int *ldvr, double *work, const int *lwork, int *info);

// Eigenvalues and vectors of a real symmetric tridiagonal matrix (LAPACK).
void dstevr_(const char *jobz, const char *range, const int *n, double *d, double *e, const double *vl,
             const double *vu, const int *il, const int *iu, const double *abstol, int *m, double *w, double *z,
             const int *ldz, int *isuppz, double *work, const int *lwork, int *iwork, const int *liwork, int *info);

// Cholesky factorisation of a Hermitian matrix of interleaved complex numbers (LAPACK), column-major.
void zpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);

// Solves a general linear system (LAPACK), column-major.
void dgesv_(const int *n, const int *nrhs, double *a, const int *lda, int *ipiv, double *b, const int *ldb, int *info);

// Eigenvalues, ascending, and eigenvectors of a symmetric matrix (LAPACK), column-major.
void dsyev_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
            const int *lwork, int *info);

// LU factorisation with partial pivoting (LAPACK), column-major.
void dgetrf_(const int *m, const int *n, double *a, const int *lda, int *ipiv, int *info);

// LQ factorisation (LAPACK), column-major: the QR factorisation of what is stored in rows.
void dgelqf_(const int *m, const int *n, double *a, const int *lda, double *tau, double *work, const int *lwork,
             int *info);

// Least squares of smallest norm by the singular value decomposition (LAPACK), column-major.
void dgelsd_(const int *m, const int *n, const int *nrhs, double *a, const int *lda, double *b, const int *ldb,
             double *s, const double *rcond, int *rank, double *work, const int *lwork, int *iwork, int *info);
