// Play.java's way into C and back.
#include <jni.h>

#include "play.h"

static JavaVM* machine;
static jclass play_class;
static jmethodID heard;

static void CALLBACK pass_on(HDRVR wave, UINT message, DWORD_PTR user, DWORD_PTR one, DWORD_PTR two) {
  (void)wave, (void)user, (void)one, (void)two;
  JNIEnv* java = NULL;
  const int is_new = (*machine)->GetEnv(machine, (void**)&java, JNI_VERSION_1_6) != JNI_OK;
  if (is_new && (*machine)->AttachCurrentThread(machine, (void**)&java, NULL) != JNI_OK) return;
  (*java)->CallStaticVoidMethod(java, play_class, heard, (jint)message);
  if ((*java)->ExceptionCheck(java)) (*java)->ExceptionDescribe(java);
  if (is_new) (*machine)->DetachCurrentThread(machine);
}

JNIEXPORT jint JNICALL Java_Play_play(JNIEnv* java, jclass own_class) {
  (*java)->GetJavaVM(java, &machine);
  play_class = (*java)->NewGlobalRef(java, own_class);
  heard = (*java)->GetStaticMethodID(java, own_class, "heard", "(I)V");
  return play(pass_on);
}
