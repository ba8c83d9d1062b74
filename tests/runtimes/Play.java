// A client in Java, by JNI.
import java.util.concurrent.atomic.AtomicInteger;

class Play {
    static final AtomicInteger messages = new AtomicInteger();

    static void heard(int message) {
        messages.incrementAndGet();
    }

    static native int play();

    public static void main(String[] arguments) {
        System.loadLibrary("play_jni");
        int wrong = play();
        System.out.println(messages + " messages");
        System.exit(wrong == 0 && messages.get() == 20 ? 0 : 1);
    }
}
